import { applyEvents, emptySummary, type RunEvent, type RunEventBody } from 'pipes-runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plain } from '../terminal/colours.ts';
import { type LiveState, renderLive } from './live.ts';
import { displayWidth } from './text.ts';

const START = new Date('2026-03-01T12:00:00Z');
const error = {
  message: 'the sensor is offline [PIPES_PROCESS_FAILED]',
  stack: [],
  name: 'Error',
  cause: null,
  context: null,
};

function after(bodies: readonly RunEventBody[], lines: Readonly<Record<string, string>> = {}): LiveState {
  const events = bodies.map((body, index): RunEvent => {
    return { ...body, runId: '0d9f3c61-77aa', at: new Date(START.getTime() + index), storageId: index };
  });
  return { summary: applyEvents(emptySummary, events), since: START, lines: new Map(Object.entries(lines)) };
}

const planned = (stepKey: string): RunEventBody => {
  return { type: 'ASSET_MATERIALIZATION_PLANNED', stepKey, assetKey: stepKey, partition: null };
};
const started = (stepKey: string): RunEventBody => ({ type: 'STEP_START', stepKey, attempt: 1 });
const succeeded = (stepKey: string): RunEventBody => ({ type: 'STEP_SUCCESS', stepKey, attempt: 1, durationMs: 1234 });
const failed = (stepKey: string): RunEventBody => {
  return { type: 'STEP_FAILURE', stepKey, attempt: 1, durationMs: 65_000, error, source: 'user' };
};
const materialized = (stepKey: string): RunEventBody => {
  return {
    type: 'ASSET_MATERIALIZATION',
    stepKey,
    assetKey: stepKey,
    partition: null,
    metadata: {},
    dataVersion: null,
  };
};

const viewport = { width: 80, height: 24, colours: plain, now: new Date(START.getTime() + 83_400) };

const weather = after(
  [
    ...['weather/raw', 'weather/daily_clean', 'weather/monthly', 'weather/chart', 'check:weather/raw:days'].map(
      planned,
    ),
    started('weather/raw'),
    materialized('weather/raw'),
    succeeded('weather/raw'),
    started('weather/daily_clean'),
    started('weather/monthly'),
    materialized('weather/monthly'),
    materialized('weather/monthly'),
    failed('weather/monthly'),
    { type: 'STEP_ABANDONED', stepKey: 'weather/chart', because: ['weather/monthly'] },
  ],
  { 'weather/daily_clean': '\u001B[32mparsed 300 of 1,461 lines;\u001B[0m 12 of them had no precipitation at all' },
);

describe('a run as it goes on', () => {
  test('in a terminal of 80 columns', () => {
    expect(`\n${renderLive(weather, viewport)}`).toMatchInlineSnapshot(`
      "
      Run 0d9f3c61 · 3/5 steps · 1 failed · 1m 23s
      ✓ weather/raw               1.2s  1 materialized
      ⠹ weather/daily_clean     1m 23s  parsed 300 of 1,461 lines; 12 of them had no …
      ✗ weather/monthly         1m 05s  the sensor is offline [PIPES_PROCESS_FAILED]
      ⊘ weather/chart                   because of weather/monthly
      · check:weather/raw:days"
    `);
  });

  test('in a terminal of 40 columns', () => {
    expect(`\n${renderLive(weather, { ...viewport, width: 40 })}`).toMatchInlineSnapshot(`
      "
      Run 0d9f3c61 · 3/5 steps · 1 failed · 1…
      ✓ weather/raw             1.2s  1 mater…
      ⠹ weather/daily_clean   1m 23s  parsed …
      ✗ weather/monthly       1m 05s  the sen…
      ⊘ weather/chart                 because…
      · …ck:weather/raw:days"
    `);
  });

  test('with what the command itself has to say, in one line below the steps', () => {
    const state = { ...after([planned('a'), started('a')]), notice: 'cancelling because of\nSIGTERM…' };
    expect(renderLive(state, viewport).split('\n').at(-1)).toBe('cancelling because of SIGTERM…');
  });

  test('a step that was stopped is no failure', () => {
    const stopped: RunEventBody = { ...failed('raw'), source: 'interrupt' } as RunEventBody;
    const lines = renderLive(after([planned('raw'), started('raw'), stopped]), viewport).split('\n');
    expect(lines).toEqual(['Run 0d9f3c61 · 1/1 steps · 1m 23s', '⊘ raw  1m 05s  stopped']);
  });

  test('a check that failed shows, although its step succeeded', () => {
    const check = { assetKey: 'raw', checkName: 'rows', passed: false, severity: 'ERROR', metadata: {} } as const;
    const evaluation: RunEventBody = { type: 'ASSET_CHECK_EVALUATION', stepKey: 'raw', ...check };
    const state = after([planned('raw'), started('raw'), materialized('raw'), evaluation, succeeded('raw')]);
    expect(renderLive(state, viewport).split('\n').at(-1)).toBe('✓ raw    1.2s  1 check failed · 1 materialized');
  });

  test('of many steps shows failed and running ones first and counts the others', () => {
    const keys = Array.from({ length: 1500 }, (_, index) => `step_${index}`);
    const state = after([
      ...keys.map(planned),
      ...keys.slice(0, 100).flatMap((key) => [started(key), succeeded(key)]),
      ...keys.slice(100, 103).map(started),
      started('step_200'),
      failed('step_200'),
    ]);
    expect(`\n${renderLive(state, { ...viewport, height: 9 })}`).toMatchInlineSnapshot(`
      "
      Run 0d9f3c61 · 101/1,500 steps · 1 failed · 1m 23s
      ✗ step_200  1m 05s  the sensor is offline [PIPES_PROCESS_FAILED]
      ⠹ step_100  1m 22s
      ⠹ step_101  1m 22s
      ⠹ step_102  1m 22s
      ✓ step_99     1.2s
      ✓ step_98     1.2s
      … 1,396 waiting, 98 done"
    `);
  });
});

test('never wider nor higher than the terminal, whatever its size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 30 }),
      fc.integer({ min: 12, max: 120 }),
      fc.integer({ min: 3, max: 40 }),
      (keys, width, height) => {
        const state = after([...keys.map(planned), ...keys.filter((_, index) => index % 2 === 0).map(started)], {
          [keys[0] ?? '']: keys.join(' '),
        });
        const lines = renderLive(state, { ...viewport, width, height }).split('\n');
        expect(lines.length).toBeLessThan(height);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      },
    ),
  );
});
