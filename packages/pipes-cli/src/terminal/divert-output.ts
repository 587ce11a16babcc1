import type { Writable } from 'node:stream';

/**
 * Takes over what the user's own code writes to the streams of this process (`console.log` in an asset), so that it
 * neither tears the live view nor mixes with JSON lines. The way to write past it is in `direct`.
 */
export function divertOutput(
  stream: Writable,
  onText: (text: string) => void,
): { readonly direct: (text: string) => void } & Disposable {
  const original = stream.write.bind(stream);
  const diverted = (chunk: unknown, ...rest: unknown[]): boolean => {
    onText(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8'));
    const callback = rest.findLast((each) => typeof each === 'function') as (() => void) | undefined;
    if (callback !== undefined) process.nextTick(callback);
    return true;
  };
  stream.write = diverted;
  return {
    direct: (text) => void original(text),
    [Symbol.dispose]() {
      stream.write = original;
    },
  };
}
