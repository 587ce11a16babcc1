import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { basename } from 'node:path';
import { PIPES_STREAMS, type PipesStream } from '../protocol/index.ts';
import { ECHO_SCRIPT } from './echo-script.ts';
import type { OutputFiles } from './output-files.ts';

const MAX_WAIT_MS = 1000;
const MAX_FRAME_BYTES = 0xffff;

/** The process that runs {@link ECHO_SCRIPT}. */
export interface Echo {
  /** Prints, after what is in the files. */
  readonly print: (stream: PipesStream, bytes: Uint8Array) => void;
  /**
   * Waits until all that was printed has appeared: where this process is the first of a container, or of a terminal, the
   * echo ends with it. Takes about a millisecond, and at most a second where nobody reads our output.
   */
  readonly drain: () => void;
}

/**
 * Starts a process that prints what is written to two files. It keeps neither this process alive nor inherits options
 * meant for it, such as the port of a debugger. Once this resolves, it needs the names of the files no more.
 *
 * @throws where it cannot run
 */
export async function startEcho(files: OutputFiles): Promise<Echo> {
  // A program with Node inside would start itself, not the echo.
  if (!basename(process.execPath).startsWith('node')) throw new Error(`${process.execPath} is not named as Node`);
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
  const args = ['-e', ECHO_SCRIPT, files.folder];
  const echo = spawn(process.execPath, args, { stdio: ['pipe', 1, 2, 'pipe'], cwd: '/', env });
  if (echo.pid === undefined) await failure(once(echo, 'error'));
  const [stdin, , , ready] = echo.stdio as unknown as [Socket, null, null, Socket];
  stdin.on('error', () => {
    // It says the same as the exit that comes with it.
  });
  const [isReady] = (await Promise.race([once(ready, 'data'), once(echo, 'exit')])) as [unknown];
  ready.destroy();
  if (!(isReady instanceof Buffer)) throw new Error('the echo ended at once');
  echo.unref();
  stdin.unref();
  const given = PIPES_STREAMS.map(() => 0);
  const print = (stream: PipesStream, bytes: Uint8Array): void => {
    const index = PIPES_STREAMS.indexOf(stream);
    given[index] = (given[index] ?? 0) + bytes.length;
    for (let at = 0; at < bytes.length; at += MAX_FRAME_BYTES) {
      stdin.write(toFrame(index, bytes.subarray(at, at + MAX_FRAME_BYTES)));
    }
  };
  return { print, drain: () => drain(files, given) };
}

/** What cannot be started says so by an event, and has no streams. */
async function failure(event: Promise<unknown[]>): Promise<never> {
  throw (await event)[0];
}

function toFrame(index: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(3, index);
  head.writeUInt16LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function drain(files: OutputFiles, given: readonly number[]): void {
  const progress = new Float64Array(2 * PIPES_STREAMS.length);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < MAX_WAIT_MS; waited += 1) {
    readSync(files.echoedFd, progress, 0, progress.byteLength, 0);
    const goal = [...PIPES_STREAMS.map((name) => fstatSync(files[name].readFd).size), ...given];
    if (goal.every((bytes, index) => progress[index] === bytes)) return;
    Atomics.wait(pause, 0, 0, 1);
  }
}
