import { MetadataValue } from 'pipes-external/protocol';
import { applyEvents, emptySummary, type RunEvent, type RunEventBody, type RunStatus } from 'pipes-runtime';
import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { plain } from '../terminal/colours.ts';
import { renderSummary } from './summary.ts';

const START = new Date('2026-03-01T12:00:00Z');
const END = new Date('2026-03-01T12:01:23Z');
const style = { width: 80, colours: plain, cwd: '/home/me/weather' };

function summarize(
  status: RunStatus,
  bodies: readonly RunEventBody[],
  { colours = plain, verbose = false }: { readonly colours?: typeof plain; readonly verbose?: boolean } = {},
): string {
  const events = bodies.map((body, index): RunEvent => ({ ...body, runId: 'r-1', at: START, storageId: index }));
  const nothing = { tags: {}, config: undefined, assetSelection: [], checkSelection: [], partitionKeys: [] };
  const run = { runId: 'r-1', jobName: 'weather', ...nothing };
  const record = { run, status, createdAt: START, updatedAt: END, startedAt: START, endedAt: END };
  return renderSummary({ record, summary: applyEvents(emptySummary, events) }, { ...style, colours, verbose });
}

function materialized(
  assetKey: string,
  partition: string | null,
  rows: number,
  dataVersion: string | null = null,
): RunEventBody {
  const metadata = { rows: MetadataValue.int(rows) };
  return { type: 'ASSET_MATERIALIZATION', stepKey: assetKey, assetKey, partition, metadata, dataVersion };
}

function checked(checkName: string, passed: boolean, severity: 'WARN' | 'ERROR' = 'ERROR'): RunEventBody {
  return { type: 'ASSET_CHECK_EVALUATION', stepKey: 'raw', assetKey: 'raw', checkName, passed, severity, metadata: {} };
}

function failed(stepKey: string, source: 'user' | 'interrupt'): RunEventBody {
  const error = {
    name: 'RangeError',
    message: 'the sensor is offline',
    stack: ['    at read (file:///home/me/weather/sensor.ts:3:9)\n'],
    cause: null,
    context: null,
  };
  return { type: 'STEP_FAILURE', stepKey, attempt: 2, durationMs: 65_000, error, source };
}

test('a run that failed', () => {
  const text = summarize('FAILURE', [
    materialized('raw', null, 1461, 'sha256:9f86d081884c7d659a2feaa0c55ad015'),
    materialized('monthly', '2012', 12),
    materialized('monthly', '2013', 12),
    materialized('monthly', '2014', 11, 'v2'),
    {
      type: 'ASSET_CHECK_EVALUATION',
      stepKey: 'monthly',
      assetKey: 'monthly',
      checkName: 'no_missing_months',
      passed: false,
      severity: 'ERROR',
      metadata: { missing: MetadataValue.text('2014-12') },
    },
    { type: 'STEP_RESTARTED', stepKey: 'sensor', attempt: 2 },
    failed('sensor', 'user'),
    { type: 'STEP_ABANDONED', stepKey: 'report', because: ['sensor'] },
    { type: 'STEP_SKIPPED', stepKey: 'optional' },
  ]);
  expect(text).toMatchInlineSnapshot(`
    "
    Assets
      ✓ raw  data version sha256:9f86d…
          rows  1,461
      ✓ monthly  2012, 2013
          rows  12
      ✓ monthly  2014  data version v2
          rows  11

    Checks
      ✗ failed  no_missing_months of monthly
          missing  2014-12

    Failures
      ✗ sensor after 1m 05s, attempt 2
          RangeError: the sensor is offline
            at read (sensor.ts:3:9)

    Not done
      ⊘ report  because of sensor
      ⊘ optional  an input was not produced

    ✗ Run r-1 failed in 1m 23s · 2 assets, 1 of 1 check failed, 1 of 3 steps failed"
  `);
});

test('a run that was cancelled: what was stopped is no failure', () => {
  const text = summarize('CANCELED', [
    failed('sensor', 'interrupt'),
    { type: 'STEP_ABANDONED', stepKey: 'report', because: [] },
  ]);
  expect(text).toMatchInlineSnapshot(`
    "
    Not done
      ⊘ sensor  stopped after 1m 05s
      ⊘ report  the run was cancelled

    ⊘ Run r-1 was cancelled in 1m 23s"
  `);
});

test('many partitions and assets are counted', () => {
  const days = Array.from({ length: 400 }, (_, day) => materialized('daily', `day-${day}`, day));
  const others = Array.from({ length: 100 }, (_, index) => materialized(`asset_${index}`, null, 1));
  const text = summarize('SUCCESS', [...days, ...others]);
  expect(text).toContain('✓ daily  day-0, day-1 … day-399 (400 partitions)  metadata of the last\n      rows  399\n');
  expect(text).toContain('  … 61 more assets\n');
  expect(text).toMatch(/✓ Run r-1 succeeded in 1m 23s · 101 assets$/);
});

test.each([
  ['ERROR', '\u001B[31m'],
  ['WARN', '\u001B[33m'],
] as const)('checks that failed are counted in the last line, however green the run: %s', (severity, colour) => {
  const checks = [checked('no_missing_days', true), checked('temperature_range', false, severity)];
  expect(summarize('SUCCESS', checks)).toMatch(/✓ Run r-1 succeeded in 1m 23s · 1 of 2 checks failed$/);
  const colours = picocolors.createColors(true);
  expect(summarize('SUCCESS', checks, { colours }).split('\n').at(-1)).toContain(`${colour}failed`);
});

test('an asset whose step did not succeed is not green', () => {
  expect(summarize('FAILURE', [materialized('sensor', null, 12), failed('sensor', 'user')])).toContain(
    '! sensor  its step did not succeed\n      rows  12\n',
  );
});

test('what is known of the process shows only when it is asked for', () => {
  const metadata = {
    rows: MetadataValue.int(12),
    'subprocess/pid': MetadataValue.int(1609),
    'subprocess/exit_code': MetadataValue.int(0),
    'subprocess/duration_ms': MetadataValue.int(426),
    'subprocess/host': MetadataValue.text('own'),
  };
  const made = { ...materialized('raw', null, 12), metadata } as RunEventBody;
  const evaluated = { ...checked('rows', true), metadata } as RunEventBody;
  const twice = ['2012', '2013'].map((partition, pid): RunEventBody => {
    return {
      ...materialized('a', partition, 1),
      metadata: { 'subprocess/pid': MetadataValue.int(pid) },
    } as RunEventBody;
  });
  expect(summarize('SUCCESS', twice)).toContain('✓ a  2012, 2013\n');
  const brief = summarize('SUCCESS', [made, evaluated]);
  expect(brief).not.toMatch(/pid|exit_code|duration_ms/);
  expect(brief.match(/subprocess\/host {2}own/g)).toHaveLength(2);
  expect(summarize('SUCCESS', [made, evaluated], { verbose: true }).match(/subprocess\/pid +1609/g)).toHaveLength(2);
});
