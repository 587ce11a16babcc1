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

  /** Aborts when the run is cancelled; the plan then has nothing ready any more. */
  readonly signal: AbortSignal;
}

/** Runs the steps of a plan, each when it is ready. */
export interface Executor {
  /** Completes "Executing 12 steps …". */
  describe(): string;

  /** Resolves when every step is in a terminal state, and none is running. */
  execute(execution: PlanExecution): Promise<void>;
}
