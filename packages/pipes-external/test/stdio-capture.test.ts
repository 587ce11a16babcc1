import { spawn } from 'node:child_process';
import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { bootstrap, launch, type Line, messageFile, readLines, run, smallDisk, tempFolder } from './launch.ts';

const PRINTED = 'console é\ndescriptor\nchild\nbytes\nlatin\n';
const STREAMS_ONLY = 'console é\nbytes\nlatin\n';
const MUCH = Array.from({ length: 30_000 }, (_, index) => `line ${index}\n`).join('');

function textOf(lines: readonly Line[], stream: 'stdout' | 'stderr'): string {
  return lines
    .filter(({ method, params }) => method === 'log_external_stream' && params['stream'] === stream)
    .map(({ params }) => params['text'])
    .join('');
}

function logsOf(lines: readonly Line[]): readonly unknown[] {
  return lines.filter(({ method }) => method === 'log').map(({ params }) => [params['level'], params['message']]);
}

async function runCaptured(how: string, env: Record<string, string> = {}) {
  const [path, tmp] = [await messageFile(), await tempFolder()];
  const capturing = bootstrap({ path, include_stdio_in_messages: true });
  const ended = await run('prints.mjs', { args: [how], env: { ...capturing, TMPDIR: tmp, ...env } });
  return { ...ended, lines: await readLines(path), leftOver: await readdir(tmp) };
}

test.each(['close', 'exit', 'flush'])('%s: output of all kinds is reported once, and still appears', async (how) => {
  const { code, stdout, stderr, lines, leftOver } = await runCaptured(how);

  expect(code).toBe(0);
  expect(textOf(lines, 'stdout')).toBe(PRINTED);
  expect(textOf(lines, 'stderr')).toBe('error\nchild-error\n');
  expect(stdout).toBe(`before ${PRINTED}${how === 'exit' ? '' : 'after\n'}`);
  expect(stderr).toBe('error\nchild-error\n');
  expect(lines.at(0)?.method).toBe('opened');
  expect(lines.at(-1)).toMatchObject({ method: 'closed', params: {}, total: lines.length });
  expect(leftOver).toStrictEqual([]);
});

test('flush brings what was printed before what is reported after it', async () => {
  const { lines } = await runCaptured('flush');

  const flushed = lines.findIndex(({ params }) => params['message'] === 'flushed');
  expect(textOf(lines.slice(0, flushed), 'stdout')).toBe(PRINTED);
});

test('a letter that is printed in two halves arrives whole', async () => {
  const { lines, stdout } = await runCaptured('split');

  expect(textOf(lines, 'stdout')).toBe(`${PRINTED}😀`);
  expect(stdout).toBe(`before ${PRINTED}😀after\n`);
});

test('much output is neither lost nor put into one message', async () => {
  const { lines, stdout } = await runCaptured('much');

  expect(textOf(lines, 'stdout')).toBe(PRINTED + MUCH);
  expect(stdout).toBe(`before ${PRINTED}${MUCH}after\n`);
  const texts = lines.map(({ params }) => (params['text'] ?? '') as string);
  expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(64 * 1024);
});

test('what a killed process printed still appears, and its files go', async () => {
  const { signal, stdout, lines, leftOver } = await runCaptured('kill');

  expect(signal).toBe('SIGKILL');
  expect(stdout).toBe(`before ${PRINTED}last words\n`);
  expect(textOf(lines, 'stdout')).toBe(PRINTED);
  expect(leftOver).toStrictEqual([]);
});

test('a signal that kills the whole group leaves no files', async () => {
  const [path, tmp] = [await messageFile(), await tempFolder()];
  const env = { ...bootstrap({ path, include_stdio_in_messages: true }), TMPDIR: tmp };
  const launched = launch('prints.mjs', { args: ['wait'], env, isDetached: true });
  await expect.poll(async () => JSON.stringify(await readLines(path)), { timeout: 20_000 }).toContain('waiting');

  process.kill(-(launched.child.pid as number), 'SIGKILL');

  await expect(launched.ended).resolves.toMatchObject({ signal: 'SIGKILL' });
  expect(await readdir(tmp)).toStrictEqual([]);
});

test('a child that opens our stdout anew, which empties the file behind it, costs nothing that follows', async () => {
  const { stdout, lines } = await runCaptured('emptied');

  expect(stdout).toBe(`before ${PRINTED}anew\nappended\nafter\n`);
  expect(textOf(lines, 'stdout')).toBe(`${PRINTED}anew\nappended\n`);
});

test.runIf(process.getuid?.() === 0)('a full disk loses nothing that this process prints, and is told', async () => {
  const { code, lines, stdout, stderr } = await runCaptured('much', { TMPDIR: await smallDisk() });

  expect(code).toBe(0);
  expect(textOf(lines, 'stdout')).toBe(PRINTED + MUCH);
  expect(stdout).toBe(`before ${PRINTED}${MUCH}after\n`);
  expect(stderr).toBe('error\nchild-error\n');
  expect(logsOf(lines)).toStrictEqual([
    ['WARNING', expect.stringMatching(/ENOSPC.*child processes and native code print may be lost/)],
  ]);
});

test.each([3, 5, 7, 9, 11, 13, 15])('with %i files left to open, the script runs, and is captured', async (left) => {
  const path = await messageFile();
  const env = bootstrap({ path, include_stdio_in_messages: true });

  const ended = await run('few-descriptors.mjs', { args: [String(left)], env, maxFiles: 80 });

  expect(ended).toMatchObject({ code: 0, stdout: 'printed\n', stderr: '' });
  expect(textOf(await readLines(path), 'stdout')).toBe('printed\n');
});

test('a worker thread leaves the descriptors of its process alone', async () => {
  const path = await messageFile();
  const env = bootstrap({ path, include_stdio_in_messages: true });

  const { stdout } = await run('prints-in-worker.mjs', { env });

  expect(stdout.split('\n').toSorted()).toStrictEqual(['', 'main', 'worker']);
  const lines = await readLines(path);
  expect(textOf(lines, 'stdout')).toBe('worker\n');
  expect(logsOf(lines)).toStrictEqual([['DEBUG', expect.stringContaining('main thread')]]);
});

test.each([
  ['node-24', PRINTED, []],
  ['tool', STREAMS_ONLY, [['DEBUG', expect.stringMatching(/child processes.*not reported: .*tool is not named/)]]],
])('a program named %s', async (name, captured, logs) => {
  const program = join(await tempFolder(), name);
  await symlink(process.execPath, program);
  const option = `--import=data:text/javascript,process.execPath='${program}'`;

  const { lines } = await runCaptured('close', { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${option}` });

  expect(textOf(lines, 'stdout')).toBe(captured);
  expect(logsOf(lines)).toStrictEqual(logs);
});

test('an uncaught error is in closed, and what Node prints of it appears', async () => {
  const { code, stderr, lines } = await runCaptured('throw');

  expect(code).toBe(1);
  expect(stderr).toContain('printed by node');
  expect(textOf(lines, 'stdout')).toBe(PRINTED);
  expect(lines.at(-1)?.params).toMatchObject({ exception: { message: 'printed by node' } });
});

test('a signal to the whole group loses no output', async () => {
  const path = await messageFile();
  const env = bootstrap({ path, include_stdio_in_messages: true });
  const launched = launch('prints.mjs', { args: ['wait'], env, isDetached: true });
  const messages = async (): Promise<string> => JSON.stringify(await readLines(path));
  await expect.poll(messages, { timeout: 20_000 }).toContain('waiting');

  process.kill(-(launched.child.pid as number), 'SIGINT');

  const { signal, stdout } = await launched.ended;
  expect(signal).toBe('SIGINT');
  expect(stdout).toBe(`before ${PRINTED}`);
  expect((await readLines(path)).at(-1)?.method).toBe('closed');
});

test('a second session captures only its own output', async () => {
  const { lines, stdout } = await runCaptured('twice');

  const [first, second] = [...new Set(lines.map(({ writer }) => writer))].map((writer) =>
    lines.filter((line) => line.writer === writer),
  );
  expect(textOf(first ?? [], 'stdout')).toBe(PRINTED);
  expect(textOf(second ?? [], 'stdout')).toBe('second\n');
  expect(stdout).toBe(`before ${PRINTED}between\nsecond\nafter\n`);
});

test('options meant for this process do not disturb it', async () => {
  const options = `${process.env['NODE_OPTIONS'] ?? ''} --import=data:text/javascript,console.log(1)`;

  const { stdout } = await runCaptured('close', { NODE_OPTIONS: options });

  expect(stdout).toBe(`1\nbefore ${PRINTED}after\n`);
});

test('where the descriptors cannot be replaced, what goes through the streams is captured', async () => {
  const { code, stdout, lines } = await runCaptured('close', { TMPDIR: '/nonexistent' });

  expect(code).toBe(0);
  expect(textOf(lines, 'stdout')).toBe(STREAMS_ONLY);
  expect(logsOf(lines)).toStrictEqual([['DEBUG', expect.stringMatching(/child processes.*not reported: .*ENOENT/)]]);
  expect(textOf(lines, 'stderr')).toBe('error\n');
  expect(stdout).toBe(`before ${PRINTED}after\n`);
});

test.each(['close', 'signal'])('on a terminal that goes with the process (%s), nothing is missed', async (how) => {
  const path = await messageFile();
  const script = fileURLToPath(new URL('fixtures/prints.mjs', import.meta.url));
  const env = { ...process.env, ...bootstrap({ path, include_stdio_in_messages: true }) };

  // A stream on a terminal has a descriptor of its own. The exit status of the script does not matter here.
  const command = `exec ${process.execPath} ${script} ${how}`;
  const terminal = spawn('script', ['-qc', command, join(await tempFolder(), 'typescript')], { env });
  onTestFinished(() => void terminal.kill('SIGKILL'));
  const shown = (await readAll(terminal.stdout)).trim().split(/\s+/);

  expect(textOf(await readLines(path), 'stdout')).toBe(PRINTED);
  const words = `before ${PRINTED} error child-error ${how === 'close' ? 'after' : ''}`.trim().split(/\s+/);
  expect(shown.toSorted()).toStrictEqual(words.toSorted());
});

test.runIf(process.getuid?.() === 0)(
  'a container that goes with the process shows all that it printed, also to a late reader',
  async () => {
    const path = await messageFile();
    const env = { ...bootstrap({ path, include_stdio_in_messages: true }), TMPDIR: await tempFolder() };

    const options = { args: ['exit after much'], env, isFirstProcess: true, isReaderAsleep: true };
    const { child, ended } = launch('prints.mjs', options);
    await expect.poll(async () => (await readLines(path)).at(-1)?.method, { timeout: 20_000 }).toBe('closed');
    const stdout = await readAll(child.stdout as Readable);

    await expect(ended).resolves.toMatchObject({ code: 0 });
    expect(stdout).toBe(`before ${PRINTED}${MUCH}`);
    expect(textOf(await readLines(path), 'stdout')).toBe(PRINTED + MUCH);
  },
);

test.each(['stdio', 'buffered_stdio'])('messages over %s do not carry output', async (mode) => {
  const env = bootstrap({ [mode]: 'stderr', include_stdio_in_messages: true });

  const { code, stdout, stderr } = await run('prints.mjs', { args: ['close'], env });

  expect(code).toBe(0);
  expect(stdout).toBe(`before ${PRINTED}after\n`);
  expect(stderr).not.toContain('log_external_stream');
});
