import { availableParallelism } from 'node:os';
import type { ReadyStep } from '../model/active-plan.ts';
import type { StepKey } from '../model/keys.ts';
import type { Executor, PlanExecution } from './executor.ts';
import { LONGEST_TIMER_MS } from './longest-timer.ts';

/** Steps mostly wait for their external processes: fewer at once than this would leave even a small machine idle. */
const MIN_CONCURRENT = 4;

export interface InProcessExecutorOptions {
  /** How many steps run at once. @default as many as there are processors, at least 4 */
  readonly maxConcurrent?: number | undefined;
}

/** Runs steps in this process, several at once. */
export function inProcessExecutor(options: InProcessExecutorOptions = {}): Executor {
  const { maxConcurrent = Math.max(MIN_CONCURRENT, availableParallelism()) } = options;
  return {
    describe: () => `in this process, at most ${maxConcurrent} at once`,
    execute: (execution) => new InProcessExecution(execution, maxConcurrent).run(),
  };
}

class InProcessExecution {
  readonly #execution: PlanExecution;
  readonly #maxConcurrent: number;
  readonly #inFlight = new Map<StepKey, AbortController>();
  #wakeup: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown } | undefined;
  #settle: () => void = () => undefined;

  constructor(execution: PlanExecution, maxConcurrent: number) {
    this.#execution = execution;
    this.#maxConcurrent = maxConcurrent;
  }

  async run(): Promise<void> {
    const { signal } = this.#execution;
    const onAbort = (): void => {
      this.#stopAll(signal.reason);
      this.#advance();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      this.#advance();
    });
    signal.removeEventListener('abort', onAbort);
    clearTimeout(this.#wakeup);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Starts what may start, and ends when there is nothing left to wait for. */
  #advance(): void {
    const { plan, signal } = this.#execution;
    const isStopped = signal.aborted || this.#failure !== undefined;
    if (!isStopped) {
      const free = this.#maxConcurrent - this.#inFlight.size;
      for (const step of plan.ready(free, new Date())) this.#start(step);
    }
    if (this.#inFlight.size === 0 && (plan.done || isStopped)) this.#settle();
    else this.#wakeAt(isStopped ? undefined : plan.nextWakeup());
  }

  #start(step: ReadyStep): void {
    const controller = new AbortController();
    this.#inFlight.set(step.key, controller);
    void this.#run(step, controller.signal);
  }

  async #run(step: ReadyStep, signal: AbortSignal): Promise<void> {
    try {
      await this.#execution.runStep(step, signal);
    } catch (error) {
      this.#fail(error);
    }
    this.#inFlight.delete(step.key);
    this.#advance();
  }

  /** Nothing can be recorded any more: no step may go on in the dark. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stopAll(error);
  }

  #stopAll(reason: unknown): void {
    for (const step of this.#inFlight.values()) step.abort(reason);
  }

  #wakeAt(time: Date | undefined): void {
    clearTimeout(this.#wakeup);
    if (time === undefined) return;
    const wait = Math.max(0, time.getTime() - Date.now());
    this.#wakeup = setTimeout(() => this.#advance(), Math.min(wait, LONGEST_TIMER_MS));
  }
}
