import { type PipesError, toPipesException } from 'pipes-external/protocol';
import type { ResourceDef } from '../definitions/resource.ts';
import type { ActivePlan } from '../model/active-plan.ts';
import type { RunFailure } from '../model/event.ts';
import type { StepKey } from '../model/keys.ts';
import type { StepState } from '../model/tracked-step.ts';
import type { GuardedCallbacks } from './callbacks.ts';
import { executeStep } from './execute-step.ts';
import type { Executor } from './executor.ts';
import type { ResolvedRun } from './resolve-run.ts';
import { ResourcePool } from './resource-pool.ts';
import type { RunLedger } from './run-ledger.ts';
import type { RunScope } from './run-scope.ts';
import { stepLog } from './step-context.ts';

export interface RunWorkerParts {
  readonly resolved: ResolvedRun;
  /** Names, as `define` was given them. */
  readonly resources: ReadonlyMap<string, ResourceDef>;
  readonly plan: ActivePlan;
  readonly ledger: RunLedger;
  readonly executor: Executor;
  readonly callbacks: GuardedCallbacks;
  readonly graceMs: number;
}

/** Takes one run that was created from its start to its end: its status, its steps, its resources. */
export class RunWorker {
  readonly scope: RunScope;
  readonly #parts: RunWorkerParts;
  readonly #stop = new AbortController();
  #canceling: Promise<void> | undefined;

  constructor(parts: RunWorkerParts) {
    const { resolved, callbacks, graceMs } = parts;
    const { recorder } = parts.ledger;
    this.#parts = parts;
    this.scope = {
      run: resolved.run,
      steps: resolved.steps,
      partition: resolved.partition,
      configs: resolved.config.steps,
      resources: new ResourcePool({
        resources: parts.resources,
        configs: resolved.config.resources,
        log: stepLog(recorder, null),
        signal: this.#stop.signal,
        emit: (event) => recorder.emit(event),
        graceMs,
      }),
      recorder,
      callbacks,
      graceMs,
      values: new Map(),
      failures: new Map(),
    };
  }

  /**
   * Resolves when the run is over, however it ended, and at once when it may not start.
   *
   * @throws PipesError PIPES_RUN_FAILED when it cannot be recorded
   */
  async work(signal: AbortSignal | undefined): Promise<void> {
    const { ledger } = this.#parts;
    const cancel = (): void => {
      this.#canceling ??= this.#cancel(signal?.reason);
      // Awaited when the steps have ended: until then its failure must not count as nobody's.
      this.#canceling.catch(() => undefined);
    };
    try {
      await ledger.guard(async () => {
        if (!(await ledger.move({ type: 'RUN_START' }))) return;
        signal?.addEventListener('abort', cancel, { once: true });
        if (signal?.aborted === true) cancel();
        await this.#end(await this.#execute());
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Resolves with the resources that could not be disposed. */
  async #execute(): Promise<readonly PipesError[]> {
    const { executor, plan } = this.#parts;
    const { recorder, resources, steps } = this.scope;
    const message = `Executing ${steps.size} ${steps.size === 1 ? 'step' : 'steps'} ${executor.describe()}.`;
    recorder.emit({ type: 'ENGINE_EVENT', stepKey: null, message, error: null });
    let failures: readonly PipesError[] = [];
    try {
      await executor.execute({
        plan,
        signal: this.#stop.signal,
        runStep: (ready, signal) => {
          const step = steps.get(ready.key);
          if (step === undefined) throw new Error(`The plan has a step ${ready.key} that the run has not`);
          return executeStep(this.scope, step, ready, signal);
        },
      });
    } finally {
      failures = await resources.dispose();
    }
    await this.#canceling;
    return failures;
  }

  /** Stops what runs at once, whatever the storage has to say. The plan learns it either way. */
  async #cancel(reason: unknown): Promise<void> {
    const { ledger } = this.#parts;
    this.#stop.abort(reason);
    let isMoved = false;
    try {
      isMoved = await ledger.move({ type: 'RUN_CANCELING' });
    } finally {
      if (!isMoved) ledger.recorder.imply({ type: 'RUN_CANCELING' });
    }
  }

  async #end([failure]: readonly PipesError[]): Promise<void> {
    const { ledger, plan } = this.#parts;
    const states = [...plan.states()];
    const isComplete = states.every(([, state]) => state === 'success' || state === 'skipped');
    if (isComplete && failure === undefined) {
      await ledger.move({ type: 'RUN_SUCCESS' });
    } else if (this.#canceling !== undefined) {
      await ledger.move({ type: 'RUN_CANCELED' });
    } else if (isComplete && failure !== undefined) {
      const error = toPipesException(failure);
      const { message } = failure;
      await ledger.move({ type: 'RUN_FAILURE', reason: 'RUN_EXCEPTION', message, failedSteps: [], error });
    } else {
      await ledger.move(stepFailure(states));
    }
  }
}

function stepFailure(states: readonly (readonly [StepKey, StepState])[]): RunFailure {
  const failedSteps = states.filter(([, state]) => state === 'failed').map(([key]) => key);
  const message = `${failedSteps.length === 1 ? 'Step' : 'Steps'} failed: ${failedSteps.join(', ')}.`;
  return { type: 'RUN_FAILURE', reason: 'STEP_FAILURE', message, failedSteps, error: null };
}
