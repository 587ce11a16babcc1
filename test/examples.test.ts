import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventType, RunEvent } from 'pipes-runtime';
import { describe, expect, test } from 'vitest';
import { dagsterPython, python } from './setup/python.ts';

// Every example runs here as its reader would run it: as a process of its own.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'packages', 'pipes-cli', 'src', 'main.ts');

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(command: string, args: readonly string[], cwd = ROOT): Finished {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 60_000 });
  if (error !== undefined) throw error;
  return { code: status, stdout, stderr };
}

const pipes = (args: readonly string[], cwd?: string): Finished => start(process.execPath, [CLI, ...args], cwd);

/** Runs the assets of an example and gives the events of the run. Fails, with all that was printed, unless it succeeds. */
function runExample(file: string, args: readonly string[] = [], cwd = ROOT): Events {
  const { code, stdout, stderr } = pipes(['run', join(ROOT, 'examples', file), '--json', ...args], cwd);
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (code !== 0) throw new Error(`${file} ended with ${code}:\n${stdout}${stderr}`);
  return new Events(lines.map((line) => JSON.parse(line) as RunEvent));
}

class Events {
  readonly all: readonly RunEvent[];

  constructor(events: readonly RunEvent[]) {
    this.all = events;
  }

  of<T extends EventType>(type: T): readonly Extract<RunEvent, { type: T }>[] {
    return this.all.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
  }

  /** The metadata of an asset, each value without its type. */
  metadataOf(assetKey: string): Record<string, unknown> {
    const event = this.of('ASSET_MATERIALIZATION').find((each) => each.assetKey === assetKey);
    return plain(event?.metadata ?? {});
  }

  get logs(): readonly string[] {
    return this.of('LOG').map(({ message }) => message);
  }
}

const plain = (metadata: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(metadata).map(([name, { value }]: [string, { value: unknown }]) => [name, value]));

describe('weather', () => {
  const out = join(ROOT, 'examples', 'weather', 'out');

  test('makes every asset for four years, passes its checks, and draws the chart, from any folder', () => {
    rmSync(out, { recursive: true, force: true });
    const events = runExample('weather/weather.ts', ['--partition', '2012...2015'], '/');

    expect(events.metadataOf('raw_weather')).toMatchObject({ rows: 1461 });
    expect(events.of('ASSET_MATERIALIZATION')[0]?.dataVersion).toMatch(/^[0-9a-f]{64}$/);
    expect(events.metadataOf('daily_weather')).toMatchObject({
      rows: 1461,
      dropped_rows: 0,
      first_day: '2012-01-01',
      last_day: '2015-12-31',
    });
    // Each partition is materialized, with what the one process for all of them reported.
    const monthly = events.of('ASSET_MATERIALIZATION').filter(({ assetKey }) => assetKey === 'monthly_weather');
    expect(monthly.map(({ partition }) => partition)).toEqual(['2012', '2013', '2014', '2015']);
    expect(events.metadataOf('monthly_weather')).toMatchObject({ months: 48 });

    const checks = events.of('ASSET_CHECK_EVALUATION').map(({ checkName, passed }) => [checkName, passed]);
    expect(Object.fromEntries(checks)).toEqual({ no_missing_days: true, temperature_range: true });

    const chart = readFileSync(join(out, 'weather.svg'), 'utf8');
    expect(chart.match(/class="bar"/g)).toHaveLength(48);
    expect(chart).toContain('21.8 °C, Jul 2015');
    expect(events.metadataOf('weather_chart')['preview']).toContain('| 2015 | 1139 mm |');
  });

  test('makes one partition alone', () => {
    const events = runExample('weather/weather.ts', ['--select', 'monthly_weather', '--partition', '2014']);
    const [only, ...others] = events.of('ASSET_MATERIALIZATION');
    expect([only?.assetKey, only?.partition, others]).toEqual(['monthly_weather', '2014', []]);
    const { months, aggregates } = events.metadataOf('monthly_weather');
    expect(months).toBe(12);
    const { records } = aggregates as { readonly records: readonly unknown[] };
    expect(records).toHaveLength(12);
    expect(records[0]).toMatchObject({ month: '2014-01', days: 31, precipitation: 94 });
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('the demo passes %s on, and waits', async (signal) => {
    const demo = spawn(process.execPath, ['scripts/demo.mjs'], { cwd: ROOT, timeout: 25_000, killSignal: 'SIGKILL' });
    const exit = once(demo, 'exit');
    let printed = '';
    for await (const chunk of demo.stdout) {
      const hadStarted = printed.includes('raw_weather started');
      printed += String(chunk);
      if (!hadStarted && printed.includes('raw_weather started')) demo.kill(signal);
    }
    expect(printed).toMatch(/⊘ Run \S+ was cancelled/);
    expect(await exit).toEqual([128 + constants.signals[signal], null]);
  });
});

test('quickstart: a script counts words and reports them', () => {
  const events = runExample('quickstart/assets.ts');
  const words = readFileSync(join(ROOT, 'examples/quickstart/alice.txt'), 'utf8').match(/\w+/g) ?? [];
  expect(events.metadataOf('word_count')).toMatchObject({ words: words.length, distinct: new Set(words).size });
  expect(events.logs).toContain(`${words.length} words read`);
});

test('commonjs-script: a script that requires the library', () => {
  const events = runExample('commonjs-script/assets.ts');
  expect(events.metadataOf('greeting')).toMatchObject({ module_system: 'CommonJS' });
  expect(events.logs).toContain('Hello from CommonJS');
});

test.skipIf(python === undefined)('python-wire: a Python program without a library', () => {
  const events = runExample('python-wire/assets.ts');
  expect(events.metadataOf('total')).toMatchObject({ total: 42.5 });
  expect(events.logs).toContain('Adding 3 numbers for total');
});

test('shell-command: a command that knows nothing of Pipes', () => {
  const events = runExample('shell-command/assets.ts');
  expect(events.metadataOf('word_list')).toMatchObject({ words: 5, first: 'apple', 'subprocess/exit_code': 0 });
});

test('multi-asset-streaming: each asset is recorded before the process has made the next', () => {
  const story = runExample('multi-asset-streaming/assets.ts').all.flatMap((event) => {
    if (event.type === 'ASSET_MATERIALIZATION') return [event.assetKey];
    return event.type === 'LOG' && event.message.includes('rows of') ? [event.message] : [];
  });
  expect(story).toEqual([
    '120 rows of customers',
    'customers',
    '45 rows of products',
    'products',
    '310 rows of orders',
    'orders',
  ]);
});

test('plain-session: a session without the runtime', () => {
  const { code, stdout } = start(process.execPath, [join(ROOT, 'examples/plain-session/main.ts')]);
  expect(code).toBe(0);
  expect(stdout).toContain('message { done: 3, of: 3 }');
  expect(stdout).toContain("assetKey: 'report'");
  expect(stdout).toContain('my-run-1');
});

test.skipIf(dagsterPython === undefined)(
  "under-python-dagster: what Python's Dagster stores of a TypeScript script",
  () => {
    const { code, stdout, stderr } = start(dagsterPython ?? '', [
      join(ROOT, 'examples/under-python-dagster/materialize.py'),
    ]);
    if (code !== 0) throw new Error(stderr);
    expect(JSON.parse(stdout)).toEqual({
      success: true,
      metadata: {
        rows: { type: 'IntMetadataValue', value: 2 },
        total: { type: 'FloatMetadataValue', value: 144.75 },
        report: { type: 'MarkdownMetadataValue', value: '- order 1: 129.5\n- order 3: 15.25' },
      },
      data_version: 'orders-2026-11',
      check: { name: 'not_empty', passed: true, severity: 'ERROR' },
      logs: ['[pipes] external process successfully opened dagster pipes.', '2 of 3 orders are from NO'],
    });
  },
);
