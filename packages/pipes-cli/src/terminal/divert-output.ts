import type { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/**
 * Takes over what the user's own code writes to the streams of this process (`console.log` in an asset), so that it
 * neither tears the live view nor mixes with JSON lines. The way to write past it is in `direct`.
 */
export function divertOutput(
  stream: Writable,
  onText: (text: string) => void,
): { readonly direct: (text: string) => void } & Disposable {
  const before = Object.getOwnPropertyDescriptor(stream, 'write');
  const original = stream.write.bind(stream);
  const decoder = new StringDecoder('utf8');
  stream.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    onText(typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk as Uint8Array)));
    const callback = rest.findLast((each) => typeof each === 'function') as (() => void) | undefined;
    if (callback !== undefined) process.nextTick(callback);
    return true;
  };
  return {
    direct: (text) => void original(text),
    [Symbol.dispose]() {
      if (before === undefined) Reflect.deleteProperty(stream, 'write');
      else Object.defineProperty(stream, 'write', before);
    },
  };
}
