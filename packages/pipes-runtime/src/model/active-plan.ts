import type { NewEvent, RunEventBody } from './event.ts';
import type { AssetKeyString, StepKey } from './keys.ts';
import type { Dependency, Plan } from './plan.ts';
import { hasNotStarted, type StepState, track, type TrackedStep } from './tracked-step.ts';

export interface ReadyStep {
  readonly key: StepKey;
  /** The attempt to start: 1 for the first. */
  readonly attempt: number;
}

/** What the plan has to know of an event. */
export type PlanEvent = RunEventBody & Pick<NewEvent, 'at'>;

interface Attempt {
  readonly stepKey: StepKey;
  readonly attempt: number;
}

/**
 * The state of every step of a plan: a machine that events drive. It does nothing by itself, and knows no clock; feeding it
 * the events of a log again gives the same state again. An event that does not fit the state of its step changes nothing.
 * An event costs time in proportion to the steps that it sets free, never to the size of the plan.
 */
export class ActivePlan {
  readonly #steps: ReadonlyMap<StepKey, TrackedStep>;
  /** In the order in which they became ready. */
  readonly #ready = new Set<TrackedStep>();
  readonly #waiting = new Set<TrackedStep>();
  readonly #made = new Set<AssetKeyString>();
  #unfinished: number;
  #isCanceling = false;

  constructor(plan: Plan) {
    this.#steps = track(plan);
    this.#unfinished = this.#steps.size;
    for (const step of this.#steps.values()) {
      if (step.unmet === 0) this.#makeReady(step);
    }
  }

  /** Every step is in a terminal state. */
  get done(): boolean {
    return this.#unfinished === 0;
  }

  /** @returns undefined for a step that is not in the plan */
  stateOf(key: StepKey): StepState | undefined {
    return this.#steps.get(key)?.state;
  }

  states(): ReadonlyMap<StepKey, StepState> {
    return new Map(Array.from(this.#steps.values(), (step) => [step.key, step.state]));
  }

  /** Steps that may start now, at most so many. A step is given again until its start was applied. */
  ready(limit: number, now: Date): readonly ReadyStep[] {
    for (const step of this.#waiting) {
      if (step.retryAt <= now.getTime()) this.#makeReady(step);
    }
    const taken: ReadyStep[] = [];
    for (const step of this.#ready) {
      if (taken.length >= limit) break;
      taken.push({ key: step.key, attempt: step.attempts + 1 });
    }
    return taken;
  }

  /** When a step that waits for its next attempt becomes ready, if there is one. */
  nextWakeup(): Date | undefined {
    let first = Infinity;
    for (const step of this.#waiting) first = Math.min(first, step.retryAt);
    return first === Infinity ? undefined : new Date(first);
  }

  /** @returns what follows from the event for other steps: to be recorded after it */
  apply(event: PlanEvent): readonly RunEventBody[] {
    switch (event.type) {
      case 'ASSET_MATERIALIZATION':
        this.#made.add(event.assetKey);
        return [];
      case 'RUN_CANCELING':
        return this.#cancel();
      case 'STEP_START':
      case 'STEP_RESTARTED':
        return this.#start(event.stepKey, event.attempt);
      case 'STEP_SUCCESS':
        return this.#end(event, 'success');
      case 'STEP_FAILURE':
        return this.#end(event, 'failed');
      case 'STEP_UP_FOR_RETRY':
        return this.#wait(event, event.at.getTime() + event.secondsToWait * 1000);
      case 'STEP_SKIPPED':
        return this.#leave(event.stepKey, 'skipped');
      case 'STEP_ABANDONED':
        // Nobody's fault: it was cancelled, and with it all that had not started.
        return event.because.length === 0 ? this.#cancel() : this.#leave(event.stepKey, 'abandoned');
      default:
        return [];
    }
  }

  #start(key: StepKey, attempt: number): readonly RunEventBody[] {
    const step = this.#steps.get(key);
    if (step?.state !== 'ready' && step?.state !== 'waiting-for-retry') return [];
    if (attempt <= step.attempts) return [];
    this.#move(step, 'in-flight');
    step.attempts = attempt;
    return [];
  }

  #wait(ended: Attempt, retryAt: number): readonly RunEventBody[] {
    const step = this.#running(ended);
    if (step === undefined) return [];
    if (this.#isCanceling) return [this.#abandon(step, []), ...this.#settle(step)];
    this.#move(step, 'waiting-for-retry');
    step.retryAt = retryAt;
    this.#waiting.add(step);
    return [];
  }

  #end(ended: Attempt, state: 'success' | 'failed'): readonly RunEventBody[] {
    const step = this.#running(ended);
    if (step === undefined) return [];
    this.#finish(step, state);
    return this.#settle(step);
  }

  /** The step of an attempt that runs. An attempt before that has no say any more. */
  #running({ stepKey, attempt }: Attempt): TrackedStep | undefined {
    const step = this.#steps.get(stepKey);
    return step?.state === 'in-flight' && step.attempts === attempt ? step : undefined;
  }

  /** A log says that a step will not run: where this plan found that out itself, nothing changes. */
  #leave(key: StepKey, state: 'skipped' | 'abandoned'): readonly RunEventBody[] {
    const step = this.#steps.get(key);
    if (step === undefined || !hasNotStarted(step)) return [];
    this.#finish(step, state);
    return this.#settle(step);
  }

  #cancel(): readonly RunEventBody[] {
    if (this.#isCanceling) return [];
    this.#isCanceling = true;
    const notStarted = [...this.#steps.values()].filter(hasNotStarted);
    return notStarted.map((step) => this.#abandon(step, []));
  }

  /** A step ended: judges those that waited for it last, and those that waited for them. */
  #settle(ended: TrackedStep): readonly RunEventBody[] {
    const consequences: RunEventBody[] = [];
    const queue = [ended];
    for (const step of queue) {
      for (const dependent of step.dependents) {
        dependent.unmet -= 1;
        if (dependent.unmet > 0 || dependent.state !== 'pending') continue;
        const consequence = this.#judge(dependent);
        if (consequence === undefined) continue;
        consequences.push(consequence);
        queue.push(dependent);
      }
    }
    return consequences;
  }

  /** Nothing that the step depends on is open any more. Skipping goes before abandoning, as in Dagster. */
  #judge(step: TrackedStep): RunEventBody | undefined {
    if (step.dependsOn.some((dependency) => this.#isMissing(dependency))) {
      this.#finish(step, 'skipped');
      return { type: 'STEP_SKIPPED', stepKey: step.key };
    }
    const because = step.dependsOn.map((each) => each.stepKey).filter((key) => this.#isBroken(key));
    if (because.length > 0) return this.#abandon(step, [...new Set(because)]);
    this.#makeReady(step);
    return undefined;
  }

  #isMissing({ stepKey, assetKey }: Dependency): boolean {
    const state = this.stateOf(stepKey);
    return (state === 'success' || state === 'skipped') && !this.#made.has(assetKey);
  }

  #isBroken(key: StepKey): boolean {
    const state = this.stateOf(key);
    return state === 'failed' || state === 'abandoned';
  }

  #abandon(step: TrackedStep, because: readonly StepKey[]): RunEventBody {
    this.#finish(step, 'abandoned');
    return { type: 'STEP_ABANDONED', stepKey: step.key, because };
  }

  #makeReady(step: TrackedStep): void {
    this.#move(step, 'ready');
    this.#ready.add(step);
  }

  #finish(step: TrackedStep, state: StepState): void {
    this.#move(step, state);
    this.#unfinished -= 1;
  }

  #move(step: TrackedStep, state: StepState): void {
    this.#ready.delete(step);
    this.#waiting.delete(step);
    step.state = state;
  }
}
