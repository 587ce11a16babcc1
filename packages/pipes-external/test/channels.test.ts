import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import {
  bootstrap,
  launch,
  type Line,
  messageFile,
  parseLines,
  readLines,
  run,
  smallDisk,
  tempFolder,
} from './launch.ts';

const FLOOD = 20_000;

function expectWholeFlood(lines: readonly Line[], last: 'closed' | 'log'): void {
  expect(lines.map(({ seq }) => seq)).toStrictEqual(Array.from({ length: lines.length }, (_, index) => index + 1));
  expect(lines).toHaveLength(FLOOD + (last === 'closed' ? 2 : 1));
  expect(lines.at(-1)?.method).toBe(last);
}

describe('file channel', () => {
  test('a process that is killed has written all that it reported', async () => {
    const path = await messageFile();

    const ended = await run('floods.mjs', { args: [String(FLOOD), 'kill'], env: bootstrap({ path }) });

    expect(ended.signal).toBe('SIGKILL');
    expectWholeFlood(await readLines(path), 'log');
  });

  test('a file that is not there yet is made, for this user only', async () => {
    const path = join(await tempFolder(), 'messages');

    await run('floods.mjs', { args: ['1', 'close'], env: bootstrap({ path }) });

    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('a full disk is an error that says so', async () => {
    const ended = await run('writes.mjs', { env: bootstrap({ path: '/dev/full' }) });

    expect(ended.code).toBe(8);
    expect(ended.stdout).toMatch(/PIPES_WRITE_FAILED: .*\/dev\/full.*ENOSPC.*free some space/);
  });

  test.runIf(process.getuid?.() === 0)('after a full disk, what was cut off costs no further line', async () => {
    const folder = await smallDisk();
    const path = join(folder, 'messages');

    const ended = await run('disk-full-then-not.mjs', { args: [join(folder, 'ballast')], env: bootstrap({ path }) });

    expect(ended.stdout).toContain('failures 3');
    const text = await readFile(path, 'utf8');
    const whole = text.split('\n').filter((line) => line.endsWith('}'));
    expect(whole.map((line) => (JSON.parse(line) as Line).method).at(-1)).toBe('closed');
    const missing = (JSON.parse(whole.at(-1) as string) as Line).total as number;
    expect(missing - whole.length).toBe(3);
  });

  test.each([
    ['a missing folder', (folder: string) => join(folder, 'none', 'messages'), /does not exist here/],
    ['a folder', (folder: string) => folder, /EISDIR/],
  ])('%s as the path is an error before the work starts', async (_name, toPath, problem) => {
    const path = toPath(await tempFolder());

    const ended = await run('writes.mjs', { env: bootstrap({ path }) });

    expect(ended.code).toBe(8);
    expect(ended.stdout).toMatch(/PIPES_WRITE_FAILED: /);
    expect(ended.stdout).toContain(path);
    expect(ended.stdout).toMatch(problem);
  });
});

describe.each(['stdio', 'buffered_stdio'])('%s channel', (mode) => {
  describe.each(['stdout', 'stderr'] as const)('over %s', (stream) => {
    test.each(['exit', 'close', 'throw'])('a late reader gets all, then %s', async (how) => {
      const launched = launch('floods.mjs', {
        args: [String(FLOOD), how],
        env: bootstrap({ [mode]: stream }),
        isReaderAsleep: true,
      });
      await waitsForRoom(launched.child, stream);
      const chunks: Buffer[] = [];
      (launched.child[stream] as Readable).on('data', (chunk: Buffer) => chunks.push(chunk));
      launched.child[stream === 'stdout' ? 'stderr' : 'stdout']?.resume();

      const ended = await launched.ended;

      expect(ended.code).toBe(how === 'throw' ? 1 : 0);
      expectWholeFlood(parseLines(Buffer.concat(chunks).toString()), 'closed');
    });
  });

  test('a reader that goes away is an error that says so', async () => {
    const launched = launch('writes.mjs', {
      args: ['stderr'],
      env: bootstrap({ [mode]: 'stdout' }),
      isReaderAsleep: true,
    });
    await once(launched.child.stdout as Readable, 'data');
    launched.child.stdout?.destroy();
    const stderr: Buffer[] = [];
    launched.child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));

    const ended = await launched.ended;

    expect(ended.code).toBe(8);
    expect(Buffer.concat(stderr).toString()).toMatch(/PIPES_WRITE_FAILED: .*stdout.*EPIPE.*Nobody reads it/);
  });
});

test('a killed process loses what the buffered channel kept, but not what lies beyond 8 MiB', async () => {
  const ended = await run('floods.mjs', { args: ['60000', 'kill'], env: bootstrap({ buffered_stdio: 'stdout' }) });

  expect(ended.signal).toBe('SIGKILL');
  expect(ended.stdout.length).toBeGreaterThan(8 * 1024 * 1024);
  expect(parseLines(ended.stdout).length).toBeLessThan(60_000);
});

test('messages start on their own line, whatever the script prints', async () => {
  const { code, stdout } = await run('prints-among.mjs', { env: bootstrap({ stdio: 'stdout' }) });

  expect(code).toBe(0);
  expect(parseLines(stdout).map(({ method, params }) => params['message'] ?? method)).toStrictEqual([
    'opened',
    'after an unfinished line',
    'after unfinished bytes',
    'after a patched console',
    'after a whole line',
    'while output is queued',
    'closed',
  ]);
  expect(stdout).toContain('whole line\n{"__dagster_pipes_version"');
  expect(stdout.match(/y/g)?.length).toBeGreaterThanOrEqual(300_000);
  expect(stdout).toContain('restored\n');
});

/** Resolves once the child writes no more, since neither we nor the pipe take any more. */
async function waitsForRoom(child: ChildProcess, stream: 'stdout' | 'stderr'): Promise<void> {
  const readable = child[stream] as Readable;
  const isFull = (): boolean => readable.readableLength >= readable.readableHighWaterMark;
  let before = '';
  const isStuck = async (): Promise<boolean> => {
    const written = /wchar: \d+/.exec(await readFile(`/proc/${child.pid}/io`, 'utf8'))?.[0] ?? '';
    const isSame = written === before;
    before = written;
    return isSame && isFull();
  };
  await expect.poll(isStuck, { timeout: 20_000 }).toBe(true);
}
