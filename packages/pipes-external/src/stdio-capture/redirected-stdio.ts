import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { patchWrite } from '../patched-write.ts';
import { PIPES_STREAMS, type PipesStream } from '../protocol/index.ts';
import { type Echo, startEcho } from './echo.ts';
import { closeOutputFiles, makeOutputFiles, type OutputFile, type OutputFiles } from './output-files.ts';

const KEY = Symbol.for('pipes-external.redirected-stdio');
const shared = globalThis as { [KEY]?: RedirectedStdio };

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

export interface RedirectedStdio {
  readonly files: Readonly<Record<PipesStream, OutputFile>>;
  readonly drain: Echo['drain'];
  /** The streams that child processes and native code print to somewhere else. */
  readonly astray: readonly PipesStream[];
}

/**
 * Points the descriptors 1 and 2 at files, so that what child processes and native code print is captured too, and
 * starts a process that prints it where it went before. There is no way back in Node: later sessions, and a second copy
 * of this package, use the same files. They have no names: however this process ends, they go with it.
 *
 * @throws where the platform cannot do this; nothing is changed then
 */
export async function redirectStdio(): Promise<RedirectedStdio> {
  if (shared[KEY] !== undefined) return shared[KEY];
  if (process.platform === 'win32') throw new Error('Windows cannot replace the descriptors of a running process');
  if (!isMainThread) throw new Error('the descriptors belong to the main thread');
  const folder = mkdtempSync(join(tmpdir(), 'pipes-stdio-'));
  try {
    shared[KEY] = await redirectInto(folder);
    return shared[KEY];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function redirectInto(folder: string): Promise<RedirectedStdio> {
  const files = makeOutputFiles(folder);
  const echo = await startEcho(files).catch((error: unknown) => {
    closeOutputFiles(files);
    throw error;
  });
  // What a stream still holds belongs to where it went before; libuv cannot wait for room on a plain file.
  for (const name of PIPES_STREAMS) await drained(process[name]);
  const astray = PIPES_STREAMS.filter((name) => !pointAt(files, name));
  for (const name of PIPES_STREAMS) divert(name, files[name], echo);
  process.on('exit', echo.drain);
  return { files, drain: echo.drain, astray };
}

async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}

/** The system gives a new file the lowest free descriptor, unless another thread was faster. */
function pointAt(files: OutputFiles, name: PipesStream): boolean {
  closeSync(DESCRIPTORS[name]);
  return openSync(files[name].path, 'a') === DESCRIPTORS[name];
}

/**
 * A stream may write to a descriptor of its own, as it does on a terminal; and where the disk is full, what is printed
 * takes another way from then on, all of it, so that its order stays.
 */
function divert(name: PipesStream, file: OutputFile, echo: Echo): void {
  let reason: Error | undefined;
  patchWrite(process[name], ({ chunk, encoding, done }) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    let written = 0;
    if (reason === undefined) {
      try {
        while (written < bytes.length) written += writeSync(file.appendFd, bytes, written);
      } catch (error) {
        reason = error as Error;
      }
    }
    if (reason !== undefined) {
      const rest = bytes.subarray(written);
      echo.print(name, rest);
      for (const onOverflow of file.onOverflow) onOverflow(rest, reason);
    }
    done();
    return true;
  });
}
