import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { basename, join } from 'node:path';
import { PIPES_STREAMS, type PipesStream } from '../protocol/index.ts';
import { ECHO_SCRIPT } from './echo-script.ts';

const MAX_WAIT_MS = 1000;

/** The files of {@link ECHO_SCRIPT}, and how far it is. */
export interface Echo {
  readonly files: Readonly<Record<PipesStream, string>>;
  /**
   * Waits until all that was printed has appeared: where this process is the first of a container, or of a terminal, the
   * echo ends with it. Takes about a millisecond, and at most a second where nobody reads our output.
   */
  readonly drain: () => void;
}

/**
 * Starts a process that prints what is written to two files. It keeps neither this process alive nor inherits options
 * meant for it, such as the port of a debugger.
 *
 * @param folder holds both files already; the echo removes it
 * @throws where it cannot run
 */
export async function startEcho(folder: string): Promise<Echo> {
  // A program with Node inside would start itself, not the echo.
  if (!/^node(js)?$/.test(basename(process.execPath))) throw new Error(`${process.execPath} is not Node`);
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
  const echo = spawn(process.execPath, ['-e', ECHO_SCRIPT, folder], { stdio: ['pipe', 1, 2, 'pipe'], cwd: '/', env });
  const [stdin, , , ready] = echo.stdio as unknown as [Socket, null, null, Socket];
  stdin.on('error', () => {
    // It says the same as the exit that comes with it.
  });
  const [isReady] = (await Promise.race([once(ready, 'data'), once(echo, 'exit')])) as [unknown];
  ready.destroy();
  if (!(isReady instanceof Buffer)) throw new Error('the echo ended at once');
  echo.unref();
  stdin.unref();
  return { files: { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') }, drain: makeDrain(folder) };
}

function makeDrain(folder: string): () => void {
  const echoed = openSync(join(folder, 'echoed'), 'r');
  const counts = new Float64Array(PIPES_STREAMS.length);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const isBehind = (name: PipesStream, index: number): boolean => {
    const printed = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
    return (counts[index] ?? 0) < printed;
  };
  return () => {
    for (let waited = 0; waited < MAX_WAIT_MS; waited += 1) {
      readSync(echoed, counts, 0, counts.byteLength, 0);
      if (!PIPES_STREAMS.some(isBehind)) return;
      Atomics.wait(pause, 0, 0, 1);
    }
  };
}
