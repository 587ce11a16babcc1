import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ActivePlan, type PlanEvent, type ReadyStep } from './active-plan.ts';
import type { RunEventBody } from './event.ts';
import { makePlan, type Plan, type PlannedStep } from './plan.ts';
import type { StepState } from './tracked-step.ts';

const AT = new Date(0);
const at = (body: RunEventBody): PlanEvent => ({ ...body, at: AT });

const ERROR = { message: 'no', stack: [], name: 'Error', cause: null, context: null };
const start = (stepKey: string, attempt = 1): PlanEvent =>
  at({ type: attempt === 1 ? 'STEP_START' : 'STEP_RESTARTED', stepKey, attempt });
const succeed = (stepKey: string, attempt = 1): PlanEvent =>
  at({ type: 'STEP_SUCCESS', stepKey, attempt, durationMs: 1 });
const fail = (stepKey: string, attempt = 1): PlanEvent =>
  at({ type: 'STEP_FAILURE', stepKey, attempt, durationMs: 1, error: ERROR, source: 'user' });
const retry = (stepKey: string, secondsToWait: number, attempt = 1): PlanEvent =>
  at({ type: 'STEP_UP_FOR_RETRY', stepKey, attempt, secondsToWait, error: ERROR });
const make = (assetKey: string): PlanEvent =>
  at({ type: 'ASSET_MATERIALIZATION', stepKey: assetKey, assetKey, partition: null, metadata: {}, dataVersion: null });
const cancel = at({ type: 'RUN_CANCELING' });

/** Steps that make the asset they are called after. */
function planOf(edges: Readonly<Record<string, readonly string[]>>): Plan {
  const steps = Object.entries(edges).map(([key, needs]): PlannedStep => ({
    key,
    dependsOn: needs.map((each) => ({ stepKey: each, assetKey: each })),
  }));
  return makePlan(steps);
}

/** Step n may need any of the steps before it. */
const dags = fc
  .integer({ min: 1, max: 14 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) => fc.subarray(Array.from({ length: index }, (__, n) => `s${n}`))),
    ),
  )
  .map((needs) => Object.fromEntries(needs.map((each, index) => [`s${index}`, each])));

type Outcome = 'success' | 'empty' | 'fail' | 'retry';
const outcomes = fc.array(fc.constantFrom<Outcome>('success', 'success', 'success', 'empty', 'fail', 'retry'), {
  minLength: 60,
  maxLength: 60,
});

interface Played {
  readonly plan: Plan;
  readonly active: ActivePlan;
  readonly events: readonly PlanEvent[];
  readonly cancelledAt: number;
}

/** Runs a plan to its end, with at most three steps at once, deciding by the picks which step ends next and how. */
function play(
  edges: Readonly<Record<string, readonly string[]>>,
  picks: readonly number[],
  ends: readonly Outcome[],
  cancelAt = -1,
): Played {
  const plan = planOf(edges);
  const active = new ActivePlan(plan);
  const events: PlanEvent[] = [];
  const inFlight: ReadyStep[] = [];
  const apply = (event: PlanEvent): void => {
    events.push(event);
    for (const body of active.apply(event)) events.push(at(body));
  };
  for (let turn = 0; !active.done; turn += 1) {
    if (turn === cancelAt) apply(cancel);
    const now = active.nextWakeup() ?? AT;
    for (const { key, attempt } of active.ready(3 - inFlight.length, now)) {
      for (const need of edges[key] ?? []) expect(active.stateOf(need)).toBe('success');
      apply(start(key, attempt));
      inFlight.push({ key, attempt });
    }
    if (active.done) break;
    const [ended] = inFlight.splice((picks[turn % picks.length] ?? 0) % inFlight.length, 1);
    if (ended === undefined) continue;
    const { key, attempt } = ended;
    const outcome = turn < ends.length ? ends[turn] : 'success';
    if (outcome === 'success') apply(make(key));
    if (outcome === 'retry') apply(retry(key, 5, attempt));
    else apply(outcome === 'fail' ? fail(key, attempt) : succeed(key, attempt));
  }
  return { plan, active, events, cancelledAt: cancelAt };
}

/** The rule of Dagster, said once more and otherwise: from the ends of a step's own dependencies. */
function expectedState(edges: Readonly<Record<string, readonly string[]>>, played: Played, key: string): StepState {
  const made = new Set(
    played.events.flatMap((event) => (event.type === 'ASSET_MATERIALIZATION' ? event.assetKey : [])),
  );
  const states = (edges[key] ?? []).map((need) => ({ state: played.active.stateOf(need), isMade: made.has(need) }));
  if (states.some(({ state, isMade }) => state === 'skipped' || (state === 'success' && !isMade))) return 'skipped';
  if (states.some(({ state }) => state === 'failed' || state === 'abandoned')) return 'abandoned';
  return played.events.some((event) => event.type === 'STEP_FAILURE' && event.stepKey === key) ? 'failed' : 'success';
}

const endsOf = (events: readonly PlanEvent[], key: string): readonly string[] =>
  events.flatMap((event) =>
    ['STEP_SUCCESS', 'STEP_FAILURE', 'STEP_SKIPPED', 'STEP_ABANDONED'].includes(event.type) &&
    'stepKey' in event &&
    event.stepKey === key
      ? event.type
      : [],
  );

test('every step runs after what it needs and ends in one terminal state, the one of the rule', () => {
  fc.assert(
    fc.property(dags, fc.array(fc.nat(), { minLength: 1 }), outcomes, (edges, picks, ends) => {
      const played = play(edges, picks, ends);
      for (const key of Object.keys(edges)) {
        expect(played.active.stateOf(key)).toBe(expectedState(edges, played, key));
        expect(endsOf(played.events, key)).toHaveLength(1);
      }
      expect(played.active.ready(99, AT)).toEqual([]);
    }),
  );
});

test('events again, from the start or twice each, give the same state', () => {
  fc.assert(
    fc.property(dags, fc.array(fc.nat(), { minLength: 1 }), outcomes, fc.nat(40), (edges, picks, ends, cancelAt) => {
      const { plan, active, events } = play(edges, picks, ends, cancelAt);
      const again = new ActivePlan(plan);
      const twice = new ActivePlan(plan);
      for (const event of events) {
        again.apply(event);
        twice.apply(event);
        expect(twice.apply(event)).toEqual([]);
      }
      expect(again.states()).toEqual(active.states());
      expect(twice.states()).toEqual(active.states());
    }),
  );
});

test('replaying the start of a log gives the state that it was in then, and the run goes on from there', () => {
  fc.assert(
    fc.property(dags, outcomes, fc.nat(), (edges, ends, cut) => {
      const { plan, events } = play(edges, [0], ends);
      const stop = cut % (events.length + 1);
      const live = new ActivePlan(plan);
      const replayed = new ActivePlan(plan);
      for (const event of events.slice(0, stop)) live.apply(event);
      live.ready(99, AT);
      for (const event of events.slice(0, stop)) replayed.apply(event);
      replayed.ready(99, AT);
      expect(replayed.states()).toEqual(live.states());
      for (const event of events.slice(stop)) replayed.apply(event);
      expect(replayed.done).toBe(true);
    }),
  );
});

test('a log replays to the same state where its cancelling was never recorded: the abandoned steps tell of it', () => {
  fc.assert(
    fc.property(dags, fc.array(fc.nat(), { minLength: 1 }), outcomes, fc.nat(20), (edges, picks, ends, cancelAt) => {
      const { plan, active, events } = play(edges, picks, ends, cancelAt);
      const replayed = new ActivePlan(plan);
      for (const event of events) if (event.type !== 'RUN_CANCELING') replayed.apply(event);
      expect(replayed.states()).toEqual(active.states());
    }),
  );
});

test('a log that tells only of steps that will not run gives their states, and those of the steps behind them', () => {
  const active = new ActivePlan(planOf({ a: [], b: ['a'], c: [], d: ['c'] }));
  active.apply(at({ type: 'STEP_SKIPPED', stepKey: 'a' }));
  active.apply(at({ type: 'STEP_ABANDONED', stepKey: 'c', because: ['gone'] }));
  expect([...active.states().values()]).toEqual(['skipped', 'abandoned', 'skipped', 'abandoned']);
  expect(active.done).toBe(true);
});

test('an attempt that is over has no say in the one that runs', () => {
  const active = new ActivePlan(planOf({ a: [], b: ['a'] }));
  for (const event of [start('a'), retry('a', 0), start('a', 2)]) active.apply(event);
  for (const late of [fail('a'), succeed('a'), retry('a', 5)]) expect(active.apply(late)).toEqual([]);
  expect(active.stateOf('a')).toBe('in-flight');
  active.apply(retry('a', 0, 2));
  active.apply(start('a', 2));
  expect(active.stateOf('a')).toBe('waiting-for-retry');
});

test('the next of very many that wait is found', () => {
  const keys = Array.from({ length: 150_000 }, (_, index) => `s${index}`);
  const active = new ActivePlan(planOf(Object.fromEntries(keys.map((key) => [key, []]))));
  for (const [index, key] of keys.entries()) {
    active.apply(start(key));
    active.apply(retry(key, 10 + index));
  }
  expect(active.nextWakeup()).toEqual(new Date(10_000));
});

test('cancelled at any point, nothing starts any more and every step still ends once', () => {
  fc.assert(
    fc.property(dags, fc.array(fc.nat(), { minLength: 1 }), outcomes, fc.nat(20), (edges, picks, ends, cancelAt) => {
      const { active, events } = play(edges, picks, ends, cancelAt);
      const cancelled = events.findIndex((event) => event.type === 'RUN_CANCELING');
      const later = cancelled === -1 ? [] : events.slice(cancelled);
      expect(later.filter((event) => event.type === 'STEP_START' || event.type === 'STEP_RESTARTED')).toEqual([]);
      expect(active.done).toBe(true);
      for (const key of Object.keys(edges)) expect(endsOf(events, key).length, key).toBe(1);
    }),
  );
});

test('a failure abandons what is downstream, naming why, and leaves the rest alone', () => {
  const active = new ActivePlan(planOf({ a: [], b: ['a'], c: ['b'], d: ['a', 'x'], x: [], y: ['x'] }));
  active.apply(start('a'));
  expect(active.apply(fail('a'))).toEqual([
    { type: 'STEP_ABANDONED', stepKey: 'b', because: ['a'] },
    { type: 'STEP_ABANDONED', stepKey: 'c', because: ['b'] },
  ]);
  active.apply(start('x'));
  active.apply(make('x'));
  expect(active.apply(succeed('x'))).toEqual([{ type: 'STEP_ABANDONED', stepKey: 'd', because: ['a'] }]);
  expect(active.ready(9, AT)).toEqual([{ key: 'y', attempt: 1 }]);
});

test('what needs an asset that was not made is skipped, also where something else failed', () => {
  const active = new ActivePlan(planOf({ a: [], b: [], c: ['a', 'b'], d: ['c'] }));
  for (const key of ['a', 'b']) active.apply(start(key));
  active.apply(fail('b'));
  expect(active.apply(succeed('a'))).toEqual([
    { type: 'STEP_SKIPPED', stepKey: 'c' },
    { type: 'STEP_SKIPPED', stepKey: 'd' },
  ]);
});

test('a step that waits for its next attempt is ready when its time has come, as the next attempt', () => {
  const active = new ActivePlan(planOf({ a: [], b: ['a'] }));
  active.apply(start('a'));
  active.apply(retry('a', 5));
  expect(active.stateOf('a')).toBe('waiting-for-retry');
  expect(active.nextWakeup()).toEqual(new Date(5000));
  expect(active.ready(9, new Date(4999))).toEqual([]);
  expect(active.ready(9, new Date(5000))).toEqual([{ key: 'a', attempt: 2 }]);
  expect(active.nextWakeup()).toBeUndefined();
  active.apply(start('a', 2));
  active.apply(make('a'));
  active.apply(succeed('a', 2));
  expect(active.ready(9, AT)).toEqual([{ key: 'b', attempt: 1 }]);
});

test('a step is offered until its start was applied, in the order of readiness and up to the limit', () => {
  const active = new ActivePlan(planOf({ c: [], a: [], b: [] }));
  expect(active.ready(2, AT).map((each) => each.key)).toEqual(['a', 'b']);
  expect(active.ready(2, AT).map((each) => each.key)).toEqual(['a', 'b']);
  active.apply(start('a'));
  expect(active.ready(2, AT).map((each) => each.key)).toEqual(['b', 'c']);
  expect(active.ready(0, AT)).toEqual([]);
});

test('an attempt that ends for a retry after cancelling is abandoned', () => {
  const active = new ActivePlan(planOf({ a: [], b: ['a'] }));
  active.apply(start('a'));
  expect(active.apply(cancel)).toEqual([{ type: 'STEP_ABANDONED', stepKey: 'b', because: [] }]);
  expect(active.apply(retry('a', 5))).toEqual([{ type: 'STEP_ABANDONED', stepKey: 'a', because: [] }]);
  expect(active.done).toBe(true);
});

test('events of steps that are not in the plan, and ends of steps that do not run, change nothing', () => {
  const active = new ActivePlan(planOf({ a: [] }));
  for (const event of [start('z'), succeed('z'), fail('z'), retry('z', 1), succeed('a'), fail('a'), retry('a', 1)]) {
    expect(active.apply(event)).toEqual([]);
  }
  expect(active.states()).toEqual(new Map([['a', 'ready']]));
  expect(active.stateOf('z')).toBeUndefined();
});
