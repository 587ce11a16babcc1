import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { patchWrite } from '../patched-write.ts';
import { PIPES_STREAMS, type PipesStream } from '../protocol/index.ts';
import { ECHO_SCRIPT } from './echo-script.ts';

/** The files that this process's stdout and stderr go to, from the first capture to the end of the process. */
export type RedirectedStdio = Readonly<Record<PipesStream, string>>;

const KEY = Symbol.for('pipes-external.redirected-stdio');
const shared = globalThis as { [KEY]?: RedirectedStdio };

/**
 * Points the descriptors 1 and 2 at files, so that what child processes and native code print is captured too, and
 * starts a process that prints it where it went before. There is no way back in Node: later sessions, and a second copy
 * of this package, use the same files.
 *
 * @throws where the platform cannot do this; nothing is changed then
 */
export async function redirectStdio(): Promise<RedirectedStdio> {
  if (shared[KEY] !== undefined) return shared[KEY];
  assertPossible();
  // What a stream still holds belongs to where it went before; libuv cannot wait for room on a plain file.
  for (const name of PIPES_STREAMS) await drained(process[name]);
  const folder = mkdtempSync(join(tmpdir(), 'pipes-stdio-'));
  const files: RedirectedStdio = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') };
  try {
    for (const name of PIPES_STREAMS) writeFileSync(files[name], '', { mode: 0o600 });
    startEcho(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  redirect('stdout', 1, files.stdout);
  redirect('stderr', 2, files.stderr);
  shared[KEY] = files;
  return files;
}

function assertPossible(): void {
  if (process.platform === 'win32') throw new Error('Windows cannot replace the descriptors of a running process');
  // A program with Node inside would start itself, not the echo.
  if (!/^node(js)?$/.test(basename(process.execPath))) throw new Error(`${process.execPath} is not Node`);
}

async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}

/** It must neither keep this process alive nor inherit options meant for it, such as a debugger's port. */
function startEcho(folder: string): void {
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...env } = process.env;
  const echo = spawn(process.execPath, ['-e', ECHO_SCRIPT, folder], { stdio: ['pipe', 1, 2], cwd: '/', env });
  echo.on('error', () => {
    // Known already: there is no pid.
  });
  if (echo.pid === undefined) throw new Error(`cannot start ${process.execPath}`);
  echo.unref();
  (echo.stdin as unknown as { unref(): void }).unref();
}

/**
 * The system gives a new file the lowest free descriptor. Where another thread was faster, or where the stream writes to
 * a descriptor of its own, as it does on a terminal, the patched `write` still brings its text to the file.
 */
function redirect(name: PipesStream, descriptor: 1 | 2, file: string): void {
  const stream = process[name];
  closeSync(descriptor);
  const fd = openSync(file, 'a', 0o600);
  patchWrite(stream, ({ chunk, encoding, done }) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    done();
    return true;
  });
}
