import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { patchWrite } from '../patched-write.ts';
import { PIPES_STREAMS, type PipesStream } from '../protocol/index.ts';
import { type Echo, startEcho } from './echo.ts';

const KEY = Symbol.for('pipes-external.redirected-stdio');
const shared = globalThis as { [KEY]?: Echo };

/**
 * Points the descriptors 1 and 2 at files, so that what child processes and native code print is captured too, and
 * starts a process that prints it where it went before. There is no way back in Node: later sessions, and a second copy
 * of this package, use the same files.
 *
 * @throws where the platform cannot do this; nothing is changed then
 */
export async function redirectStdio(): Promise<Echo> {
  if (shared[KEY] !== undefined) return shared[KEY];
  if (process.platform === 'win32') throw new Error('Windows cannot replace the descriptors of a running process');
  const echo = await prepareEcho();
  // What a stream still holds belongs to where it went before; libuv cannot wait for room on a plain file.
  for (const name of PIPES_STREAMS) await drained(process[name]);
  redirect('stdout', 1, echo.files.stdout);
  redirect('stderr', 2, echo.files.stderr);
  process.on('exit', echo.drain);
  shared[KEY] = echo;
  return echo;
}

async function prepareEcho(): Promise<Echo> {
  const folder = mkdtempSync(join(tmpdir(), 'pipes-stdio-'));
  try {
    for (const name of PIPES_STREAMS) writeFileSync(join(folder, name), '', { mode: 0o600 });
    return await startEcho(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise<void>((resolve) => void stream.write('', () => resolve()));
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
