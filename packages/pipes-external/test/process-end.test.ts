import { expect, onTestFinished, test } from 'vitest';
import {
  bootstrap,
  type Ended,
  launch,
  type Line,
  type Launched,
  messageFile,
  printed,
  readLines,
  run,
} from './launch.ts';

interface Story {
  readonly how: string;
  readonly ends: Pick<Ended, 'code' | 'signal'>;
  /** The params of `closed`. */
  readonly closed?: object;
}

const thrown = {
  exception: expect.objectContaining({
    name: 'RangeError',
    message: 'outer',
    cause: expect.objectContaining({ name: 'TypeError', message: 'inner' }) as object,
  }) as object,
};
const terminated = (how: string): object => ({
  exception: expect.objectContaining({ name: 'PipesError', message: expect.stringContaining(how) as string }) as object,
});

const stories: readonly Story[] = [
  { how: 'natural end', ends: { code: 0, signal: null } },
  { how: 'exit 0', ends: { code: 0, signal: null } },
  { how: 'return from run', ends: { code: 0, signal: null } },
  { how: 'using', ends: { code: 0, signal: null } },
  { how: 'handled exception', ends: { code: 0, signal: null } },
  { how: 'exit 3', ends: { code: 3, signal: null }, closed: terminated('exited with code 3') },
  { how: 'exit code 4', ends: { code: 4, signal: null }, closed: terminated('exited with code 4') },
  { how: 'unfinished await', ends: { code: 13, signal: null }, closed: terminated('exited with code 13') },
  { how: 'stranded run', ends: { code: 13, signal: null }, closed: terminated('still waiting') },
  { how: 'stranded run, not awaited', ends: { code: 0, signal: null }, closed: terminated('still waiting') },
  { how: 'throw', ends: { code: 1, signal: null }, closed: thrown },
  { how: 'late throw', ends: { code: 1, signal: null }, closed: thrown },
  { how: 'rejection', ends: { code: 1, signal: null }, closed: thrown },
  { how: 'throw in run', ends: { code: 1, signal: null }, closed: thrown },
  { how: 'throw from using', ends: { code: 1, signal: null }, closed: thrown },
  { how: 'exit in catch of using', ends: { code: 5, signal: null }, closed: terminated('exited with code 5') },
  {
    how: 'exit code in catch of using',
    ends: { code: 6, signal: null },
    closed: terminated('set its exit code to 6'),
  },
];

test.each(stories)('$how: closed says what happened, and the exit code is what it was', async (story) => {
  const path = await messageFile();
  const env = bootstrap({ path });

  const ended = await run('ends.ts', { args: [story.how], env });
  const without = await run('ends.ts', { args: [story.how, 'without'], env });

  expect(ended).toMatchObject(story.ends);
  expect(without).toMatchObject(story.ends);
  expectOneEnd(await readLines(path), story.closed);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s: closed names it, and the process dies of it',
  async (signal) => {
    const path = await messageFile();
    const launched = await launchUntilReady('wait', path);

    launched.child.kill(signal);

    await expect(launched.ended).resolves.toMatchObject({ code: null, signal });
    expectOneEnd(await readLines(path), terminated(`ended by ${signal}`));
  },
);

test('a handler of the script decides alone, and its exit is told', async () => {
  const path = await messageFile();
  const launched = await launchUntilReady('own handler', path);

  launched.child.kill('SIGTERM');

  await expect(launched.ended).resolves.toMatchObject({ code: 7, signal: null });
  const lines = await readLines(path);
  expect(lines.map(({ params }) => params['message'])).toContain('own handler');
  expectOneEnd(lines, terminated('exited with code 7'));
});

test('a library that re-raises when it listens alone does so as without us', async () => {
  const launched = await launchUntilReady('polite library', await messageFile());

  launched.child.kill('SIGTERM');

  await expect(launched.ended).resolves.toMatchObject({ code: null, signal: 'SIGTERM' });
});

test.runIf(process.getuid?.() === 0)(
  'the first process of a container ignores what has no handler, as ever',
  async () => {
    const path = await messageFile();
    const env = bootstrap({ path });
    const { child } = launch('ends.ts', {
      args: ['signalled first process'],
      env,
      isReaderAsleep: true,
      isFirstProcess: true,
    });

    await printed(child, 'still here');

    expect((await readLines(path)).map(({ method, params }) => params['message'] ?? method)).toStrictEqual([
      'opened',
      'work',
      'still here',
    ]);
  },
);

test('a script that reads the signal ends by itself', async () => {
  const path = await messageFile();
  const launched = await launchUntilReady('signal read', path);

  launched.child.kill('SIGTERM');

  await expect(launched.ended).resolves.toMatchObject({ code: 9, signal: null });
  const lines = await readLines(path);
  expect(lines.map(({ params }) => params['message'])).toContain('stopping: SIGTERM was received');
  expectOneEnd(lines);
});

test('a script that reads the signal and goes on is ended by the second', async () => {
  const path = await messageFile();
  const launched = await launchUntilReady('signal ignored', path);

  launched.child.kill('SIGTERM');
  await printed(launched.child, 'ignored');
  launched.child.kill('SIGINT');

  await expect(launched.ended).resolves.toMatchObject({ code: null, signal: 'SIGINT' });
  expectOneEnd(await readLines(path), terminated('ended by SIGINT'));
});

test('a script that reads the signal ends when the process that launched it is gone', async () => {
  const path = await messageFile();

  const { stdout } = await run('abandons.mjs', { env: bootstrap({ path }) });
  const orphan = Number(stdout);
  onTestFinished(() => endIfThere(orphan));

  await expect.poll(async () => (await readLines(path)).at(-1)?.method, { timeout: 10_000 }).toBe('closed');
  const lines = await readLines(path);
  expect(lines.map(({ params }) => params['message'])).toContain(
    'stopping: the process that launched this one is gone',
  );
});

test.each([
  ['natural end', 0, 'opened\nlog\nclosed\n'],
  [
    'exit code',
    4,
    'opened\nlog\nclosed The process exited with code 4 before it closed its Pipes session. [PIPES_TERMINATED]\n',
  ],
])('a remote channel has the time to deliver at a %s', async (how, code, delivered) => {
  const ended = await run('remote.mjs', { args: [how], env: bootstrap({}) });

  expect(ended).toMatchObject({ code, stdout: delivered });
});

test('a remote channel that takes its time does not close a block before it is known how that ended', async () => {
  const ended = await run('remote.mjs', { args: ['exit code in catch of using'], env: bootstrap({}) });

  expect(ended.code).toBe(4);
  expect(ended.stdout).toMatch(/^opened\nlog\nclosed The process set its exit code to 4/);
});

test('a remote channel is told when there is no time left', async () => {
  const ended = await run('remote.mjs', { args: ['exit'], env: bootstrap({}) });

  expect(ended.code).toBe(3);
  expect(ended.stdout).toMatch(/^saved: opened,log,closed The process exited with code 3/);
});

function endIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function launchUntilReady(how: string, path: string): Promise<Launched> {
  const launched = launch('ends.ts', { args: [how], env: bootstrap({ path }), isReaderAsleep: true });
  await printed(launched.child, 'ready');
  return launched;
}

function expectOneEnd(lines: readonly Line[], closed: object = {}): void {
  expect(lines[0]).toMatchObject({ method: 'opened', params: { extras: {} } });
  expect(lines.map(({ seq }) => seq)).toStrictEqual(lines.map((_, index) => index + 1));
  expect(lines.filter(({ method }) => method === 'closed')).toStrictEqual([lines.at(-1)]);
  expect(lines.at(-1)?.total).toBe(lines.length);
  expect(lines.at(-1)?.params).toStrictEqual(closed);
}
