import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from './event.ts';
import { applyEvent, applyEvents, emptySummary } from './fold.ts';

const ERROR = { message: 'no', stack: [], name: 'Error', cause: null, context: null };

function logged(...bodies: readonly RunEventBody[]): readonly RunEvent[] {
  return bodies.map((body, index) => ({ ...body, runId: 'r', at: new Date(index * 1000), storageId: index + 1 }));
}

const bodies: readonly RunEventBody[] = [
  { type: 'ASSET_MATERIALIZATION_PLANNED', stepKey: 'a', assetKey: 'a', partition: null },
  { type: 'ASSET_CHECK_EVALUATION_PLANNED', stepKey: 'a', assetKey: 'a', checkName: 'ok' },
  { type: 'ASSET_MATERIALIZATION_PLANNED', stepKey: 'b', assetKey: 'b', partition: null },
  { type: 'RUN_STARTING' },
  { type: 'RUN_START' },
  { type: 'STEP_START', stepKey: 'a', attempt: 1 },
  { type: 'STEP_UP_FOR_RETRY', stepKey: 'a', attempt: 1, secondsToWait: 1, error: ERROR },
  { type: 'STEP_RESTARTED', stepKey: 'a', attempt: 2 },
  { type: 'LOG', stepKey: 'a', level: 'info', message: 'hi' },
  { type: 'ENGINE_EVENT', stepKey: null, message: 'hi', error: null },
  { type: 'ASSET_MATERIALIZATION', stepKey: 'a', assetKey: 'a', partition: null, metadata: {}, dataVersion: null },
  {
    type: 'ASSET_CHECK_EVALUATION',
    stepKey: 'a',
    assetKey: 'a',
    checkName: 'ok',
    passed: true,
    severity: 'WARN',
    metadata: {},
  },
  { type: 'STEP_FAILURE', stepKey: 'a', attempt: 2, durationMs: 7, error: ERROR, source: 'user' },
  { type: 'STEP_ABANDONED', stepKey: 'b', because: ['a'] },
  { type: 'STEP_SKIPPED', stepKey: 'c' },
  { type: 'RUN_FAILURE', reason: 'STEP_FAILURE', message: 'failed', failedSteps: ['a'], error: null },
];

test('a summary tells how the run and each of its steps stand', () => {
  const summary = applyEvents(emptySummary, logged(...bodies));
  expect(summary).toMatchObject({
    runId: 'r',
    status: 'FAILURE',
    startedAt: new Date(4000),
    endedAt: new Date(15_000),
    failure: { failedSteps: ['a'] },
  });
  expect([...summary.steps.values()]).toMatchObject([
    { stepKey: 'a', status: 'failed', attempt: 2, planned: 2, durationMs: 7, error: ERROR, startedAt: new Date(5000) },
    { stepKey: 'b', status: 'abandoned', attempt: 0, because: ['a'] },
    { stepKey: 'c', status: 'skipped', planned: 0 },
  ]);
  expect([summary.materializations.length, summary.checks.length]).toEqual([1, 1]);
});

test('a success, and a cancelled run', () => {
  const success = { type: 'STEP_SUCCESS', stepKey: 'a', attempt: 1, durationMs: 3 } as const;
  const summary = applyEvents(
    emptySummary,
    logged({ type: 'RUN_STARTING' }, { type: 'RUN_START' }, success, { type: 'RUN_SUCCESS' }),
  );
  expect(summary.status).toBe('SUCCESS');
  expect(summary.steps.get('a')).toMatchObject({ status: 'success', durationMs: 3 });
  const events = logged(
    { type: 'RUN_STARTING' },
    { type: 'RUN_START' },
    { type: 'RUN_CANCELING' },
    { type: 'RUN_CANCELED' },
  );
  expect(applyEvents(emptySummary, events).status).toBe('CANCELED');
});

test('a terminal status never changes, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom<RunEventBody>(
          ...bodies,
          { type: 'RUN_SUCCESS' },
          { type: 'RUN_CANCELING' },
          { type: 'RUN_CANCELED' },
        ),
      ),
      (some) => {
        let ended: string | undefined;
        let summary = emptySummary;
        for (const event of logged(...some)) {
          summary = applyEvent(summary, event);
          expect(ended ?? summary.status).toBe(summary.status);
          if (['SUCCESS', 'FAILURE', 'CANCELED'].includes(summary.status)) ended = summary.status;
        }
      },
    ),
  );
});

test('one by one and all at once are the same, and what was before stays as it was', () => {
  const events = logged(...bodies);
  const steps = events.reduce<readonly (typeof emptySummary)[]>(
    (sofar, event) => [...sofar, applyEvent(sofar.at(-1) ?? emptySummary, event)],
    [],
  );
  expect(steps.at(-1)).toEqual(applyEvents(emptySummary, events));
  expect(steps[4]).toEqual(applyEvents(emptySummary, events.slice(0, 5)));
  expect(emptySummary.steps.size).toBe(0);
});

test('an event that is in it already changes nothing, and what has ended stays as it ended', () => {
  const events = logged(...bodies);
  const summary = applyEvents(emptySummary, events);
  expect(applyEvents(summary, events)).toEqual(summary);
  const success = { type: 'STEP_SUCCESS', stepKey: 'a', attempt: 1, durationMs: 3 } as const;
  const failure = {
    type: 'STEP_FAILURE',
    stepKey: 'a',
    attempt: 1,
    durationMs: 7,
    error: ERROR,
    source: 'user',
  } as const;
  const late = applyEvents(emptySummary, logged(success, failure));
  expect(late.steps.get('a')).toMatchObject({ status: 'success', error: null });
});

test('an attempt that is over has no say in the one that runs', () => {
  const stale = {
    type: 'STEP_FAILURE',
    stepKey: 'a',
    attempt: 1,
    durationMs: 7,
    error: ERROR,
    source: 'user',
  } as const;
  const summary = applyEvents(emptySummary, logged({ type: 'STEP_RESTARTED', stepKey: 'a', attempt: 2 }, stale));
  expect(summary.steps.get('a')).toMatchObject({ status: 'in-flight', attempt: 2 });
});
