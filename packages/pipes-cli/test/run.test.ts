import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, ended, pipes, startPipes } from './pipes.ts';
import { isAlive } from './processes.ts';

interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

function parseLines(stdout: string): Line[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('a run that succeeds', () => {
  test('tells in plain lines what happens, and sums up', async () => {
    const { exitCode, stdout } = await pipes([
      'run',
      'weather.ts',
      '--partition',
      '2012...2013',
      '--tag',
      'team=climate',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('\u001B');
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3} weather\/raw reading, for climate$/m);
    expect(stdout).toMatch(/^[\d:.]+ weather\/monthly WARNING a month is short$/m);
    expect(stdout).toMatch(/^[\d:.]+ weather\/monthly │ printed by the process$/m);
    expect(stdout).toMatch(/^[\d:.]+ weather\/monthly ✓ succeeded in /m);
    const summary = stdout.slice(stdout.indexOf('\nAssets\n'));
    expect(summary).toContain('  ✓ weather/raw\n      rows    4\n      big     1,180,591,620,717,411,303,424\n');
    expect(summary).toContain('  ✓ weather/monthly  2012, 2013\n');
    expect(summary).toContain('span  2012 to 2013');
    expect(summary).toContain('  ✓ passed  rows of weather/raw\n');
    expect(summary).toMatch(/✓ Run [0-9a-f-]+ succeeded in [\d.]+m?s · 2 assets, 1 check\n$/);
  });

  test('runs only what is selected, with the config given inline', async () => {
    const config = '{"assets":{"weather/raw":{"days":7}}}';
    const { exitCode, stdout } = await pipes(['run', 'weather.ts', '--select', 'weather/raw', '--config', config]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('rows    7\n');
    expect(stdout).not.toContain('weather/monthly');
  });

  test('with colours when they are asked for', async () => {
    const { stdout } = await pipes(['run', 'weather.ts', '-s', 'weather/raw'], { env: { FORCE_COLOR: '1' } });
    expect(stdout).toContain('\u001B[32m');
  });
});

describe('a run that fails', () => {
  test('ends with 1, and shows the error with the frames of the user, its cause, and what was not run', async () => {
    const { exitCode, stdout } = await pipes(['run', 'failing.ts']);
    expect(exitCode).toBe(1);
    const summary = stdout.slice(stdout.indexOf('\nFailures\n'));
    expect(summary).toContain('RangeError: the sensor is offline\n        at readSensor (failing.ts:');
    expect(summary).toContain('caused by Error: no route to host');
    expect(summary).toContain('exited with code 3');
    expect(summary).toContain('disk full');
    expect(summary).toContain('[PIPES_PROCESS_FAILED]');
    expect(summary).not.toMatch(/pipes-runtime|node:internal/);
    expect(summary).toContain('Not done\n  ⊘ report  because of sensor\n');
    expect(summary).toMatch(/✗ Run [0-9a-f-]+ failed in \S+ · 2 of 3 steps failed\n$/);
  });

  test.each([
    [['--select', 'weather/rwa'], 'PIPES_SELECTION_INVALID'],
    [['--partition', '1999'], 'PIPES_PARTITION_INVALID'],
    [[], 'PIPES_PARTITION_INVALID'],
    [['--select', 'weather/raw', '--config', '{"assets":{"weather/raw":{"days":"x"}}}'], 'PIPES_CONFIG_INVALID'],
  ])('is refused before anything runs: %j', async (args, code) => {
    const { exitCode, stdout, stderr } = await pipes(['run', 'weather.ts', ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`[${code}]`);
  });
});

describe('--json', () => {
  test('prints one event a line, and nothing else, on stdout', async () => {
    const { exitCode, stdout, stderr } = await pipes(['run', 'weather.ts', '-p', '2014', '--json']);
    expect(exitCode).toBe(0);
    const lines = parseLines(stdout);
    expect(lines.at(-1)?.type).toBe('RUN_SUCCESS');
    expect(lines.find((line) => line.type === 'ASSET_MATERIALIZATION')).toMatchObject({
      assetKey: 'weather/raw',
      metadata: { rows: { type: 'int', value: 4 }, none: { type: 'float', value: 'NaN' } },
    });
    expect(stderr).toContain('printed by the asset itself\n');
    expect(stderr).toContain('weather/monthly │ printed by the process\n');
    expect(stderr).not.toContain('succeeded');
  });

  test('sums up on stderr when the run failed', async () => {
    const { exitCode, stdout, stderr } = await pipes(['run', 'failing.ts', '--json']);
    expect(exitCode).toBe(1);
    expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'RUN_FAILURE', reason: 'STEP_FAILURE' });
    expect(stderr).toContain('RangeError: the sensor is offline');
  });
});

/** Reads on until a line matches. */
async function lineOf(child: ReturnType<typeof startPipes>, pattern: RegExp): Promise<string | undefined> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const match = pattern.exec(line);
    if (match !== null) return match[1];
  }
  throw new Error(`the command ended without a line like ${pattern}`);
}

describe('interrupting', () => {
  let temp = '';
  beforeAll(async () => void (temp = await mkdtemp(join(tmpdir(), 'pipes-cli-'))));
  // A command that is killed cannot tidy up.
  afterAll(() => rm(temp, { recursive: true, force: true }));

  /** Starts a run whose process does not end when it is asked to, and waits until it works. */
  async function startStubborn(
    env: Readonly<Record<string, string>>,
  ): Promise<{ child: ReturnType<typeof startPipes>; pid: number }> {
    const child = startPipes(['run', 'stubborn.ts'], { env: { TMPDIR: temp, ...env } });
    const pid = await lineOf(child, /working as (\d+)/);
    return { child, pid: Number(pid) };
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s cancels: the process is gone, and the exit code is %i', async (signal, code) => {
    const { child, pid } = await startStubborn({ GRACE_MS: '200' });
    const whole = ended(child);
    child.kill(signal);
    const { exitCode, stdout } = await whole;
    expect(exitCode).toBe(code);
    expect(stdout).toContain(signal === 'SIGINT' ? 'press Ctrl-C again to kill' : 'cancelling because of SIGTERM');
    expect(stdout).toContain('no to SIGTERM');
    expect(stdout).toContain('  ⊘ stubborn  stopped after ');
    expect(stdout).toContain('  ⊘ after  the run was cancelled');
    expect(stdout).toMatch(/⊘ Run \S+ was cancelled/);
    expect(isAlive(pid)).toBe(false);
  });

  test('a second Ctrl-C ends everything at once', async () => {
    const { child, pid } = await startStubborn({ GRACE_MS: '60000' });
    const exit = once(child, 'exit') as Promise<[number]>;
    child.kill('SIGINT');
    await lineOf(child, /no to SIGTERM/);
    // npm passes a press on that the terminal has sent already: what comes too soon counts as the same one.
    const presses = setInterval(() => child.kill('SIGINT'), 100);
    const [exitCode] = await exit;
    clearInterval(presses);
    expect(exitCode).toBe(130);
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });

  test('ends quietly when nobody reads any more', async () => {
    const { child, pid } = await startStubborn({ GRACE_MS: '100' });
    child.stdout!.destroy();
    const [exitCode] = (await once(child, 'exit')) as [number];
    expect(exitCode).toBe(141);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('interrupting before the module has loaded', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the command at once, and nothing ran', async (signal, code) => {
    const child = startPipes(['run', 'slow-to-load.ts']);
    await lineOf(child, /loading/);
    const whole = ended(child);
    child.kill(signal);
    const { exitCode, stdout, stderr } = await whole;
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toBe(`${signal} while slow-to-load.ts was loading: nothing ran.\n`);
  });
});

describe('an error that nobody catches', () => {
  /** Starts a run with a stubborn process, and throws outside its steps once the process works. */
  async function throwDuring(args: readonly string[]): Promise<Ended & { pid: number }> {
    const child = startPipes(['run', 'stray.ts', ...args]);
    const pid = Number(await lineOf(child, /working as (\d+)/));
    const whole = ended(child);
    child.kill('SIGUSR2');
    return { ...(await whole), pid };
  }

  test('cancels the run, is named with its place, and leaves no process', async () => {
    const { exitCode, stdout, stderr, pid } = await throwDuring([]);
    expect(exitCode).toBe(1);
    expect(isAlive(pid)).toBe(false);
    expect(stdout).toContain('cancelling because of an error that nobody caught: RangeError: the sensor is offline');
    expect(stdout).toContain('  ⊘ stray  stopped after ');
    expect(stdout).toMatch(/⊘ Run \S+ was cancelled/);
    expect(stderr).toMatch(/outside any step.*RangeError: the sensor is offline \[PIPES_ERROR_UNCAUGHT\]/);
    expect(stderr).toContain('caused by RangeError: the sensor is offline\n  at pollSensor (stray.ts:');
  });

  test('is a line of its own after the last event with --json', async () => {
    const { exitCode, stdout } = await throwDuring(['--json']);
    expect(exitCode).toBe(1);
    expect(parseLines(stdout).slice(-2)).toMatchObject([
      { type: 'RUN_CANCELED' },
      { type: 'ERROR', code: 'PIPES_ERROR_UNCAUGHT' },
    ]);
  });

  test('keeps a run from starting while the module loads', async () => {
    const { exitCode, stdout, stderr } = await pipes(['run', 'stray-while-loading.ts']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('caused by RangeError: no such port');
  });
});

test('a run that cannot be recorded to its end has failed, and was not refused', async () => {
  const { exitCode, stdout, stderr } = await pipes(['run', 'unrecordable.ts', '--json']);
  expect(exitCode).toBe(1);
  expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'ERROR', code: 'PIPES_RUN_FAILED' });
  expect(stderr).toContain('the disk is full');
});

test('ls shows what there is, and as JSON all of it', async () => {
  const { exitCode, stdout } = await pipes(['ls', 'weather.ts']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('└ weather/monthly  asset  4 keys, 2012 … 2015');
  expect(parseLines((await pipes(['ls', 'weather.ts', '--json'])).stdout)).toMatchObject([
    { key: 'weather/raw', deps: [], checks: [{ checkName: 'rows' }] },
    {
      key: 'weather/monthly',
      deps: ['weather/raw'],
      partitions: { kind: 'static', count: 4, first: '2012', last: '2015' },
    },
  ]);
});
