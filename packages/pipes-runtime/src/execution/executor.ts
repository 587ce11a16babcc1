import type { ActivePlan, ReadyStep } from '../model/active-plan.ts';

/** A plan that is being executed, as executors see it. */
export interface PlanExecution {
  /** Driven by the events that `runStep` records: an executor asks it what to do next, and tells it nothing. */
  readonly plan: Pick<ActivePlan, 'ready' | 'nextWakeup' | 'done'>;

  /**
   * Runs one attempt of a step and records its events, to the one that ends it. The start is applied to the plan before the
   * promise is returned. Rejects only when events cannot be recorded: then the run cannot go on.
   */
  runStep(step: ReadyStep, signal: AbortSignal): Promise<void>;

  /** Aborts when the run is cancelled: from then on nothing may start, and what runs is to be aborted at once. */
  readonly signal: AbortSignal;
}

/** Runs the steps of a plan, each when it is ready. */
export interface Executor {
  /** Completes "Executing 12 steps …". */
  describe(): string;

  /** Resolves when no step is running, and every step is in a terminal state or the signal is aborted. */
  execute(execution: PlanExecution): Promise<void>;
}
