import type { StepKey } from './keys.ts';
import { type Dependency, type Plan, upstreamSteps } from './plan.ts';

/** Where a step stands. The last four are terminal: they never change. */
export type StepState =
  /** Waits for steps that it depends on. */
  | 'pending'
  | 'ready'
  | 'in-flight'
  | 'waiting-for-retry'
  | 'success'
  | 'failed'
  /** Something that it needs was not made, though nothing failed. */
  | 'skipped'
  /** Something that it needs failed or was abandoned, or the run was cancelled before it started. */
  | 'abandoned';

/** A step of a plan that is being executed. */
export interface TrackedStep {
  readonly key: StepKey;
  readonly dependsOn: readonly Dependency[];
  readonly dependents: TrackedStep[];
  /** How many steps it still waits for. */
  unmet: number;
  state: StepState;
  /** How often it was started. */
  attempts: number;
  /** When it may be tried again, in ms since the epoch. */
  retryAt: number;
}

/** No attempt of it runs, and it has not ended. */
export function hasNotStarted({ state }: TrackedStep): boolean {
  return state === 'pending' || state === 'ready' || state === 'waiting-for-retry';
}

/** The steps of a plan before anything happened, tied to those that wait for them. */
export function track(plan: Plan): ReadonlyMap<StepKey, TrackedStep> {
  const tracked = new Map<StepKey, TrackedStep>();
  for (const step of plan.steps) {
    const upstream = upstreamSteps(step).flatMap((key) => tracked.get(key) ?? []);
    const entry: TrackedStep = {
      key: step.key,
      dependsOn: step.dependsOn,
      dependents: [],
      unmet: upstream.length,
      state: 'pending',
      attempts: 0,
      retryAt: 0,
    };
    tracked.set(step.key, entry);
    for (const each of upstream) each.dependents.push(entry);
  }
  return tracked;
}
