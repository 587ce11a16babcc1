type Write = NodeJS.WriteStream['write'];

/** What was handed to a stream, and the function that would have taken it. */
export interface Written {
  readonly chunk: string | Uint8Array;
  readonly encoding: BufferEncoding;
  /** Writes it as if nobody had looked. */
  readonly passOn: () => boolean;
  /** Says that it is written, where it is not passed on. */
  readonly done: () => void;
}

/**
 * Puts a function before `process.stdout.write` or `process.stderr.write`.
 *
 * @returns takes it away again; where somebody else has wrapped the stream since, it stays and only passes on
 */
export function patchWrite(stream: NodeJS.WriteStream, onWrite: (written: Written) => boolean): () => void {
  const original = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
  const own = Object.getOwnPropertyDescriptor(stream, 'write');
  let isActive = true;
  const patched = (...args: readonly unknown[]): boolean => {
    const [chunk, second] = args;
    if (!isActive || !(typeof chunk === 'string' || chunk instanceof Uint8Array)) return original(...args);
    const callback = args.find((arg) => typeof arg === 'function') as ((error?: Error | null) => void) | undefined;
    return onWrite({
      chunk,
      encoding: typeof second === 'string' ? (second as BufferEncoding) : 'utf8',
      passOn: () => original(...args),
      done: () => {
        if (callback !== undefined) process.nextTick(callback);
      },
    });
  };
  stream.write = patched;
  return () => {
    isActive = false;
    if (stream.write !== patched) return;
    if (own === undefined) delete (stream as { write?: Write }).write;
    else Object.defineProperty(stream, 'write', own);
  };
}
