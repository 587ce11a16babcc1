import { PipesError, toPipesException } from 'pipes-external/protocol';
import type { ResourceDef } from '../definitions/resource.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';
import { ActivePlan, type StepState } from '../model/active-plan.ts';
import type { RunEventBody } from '../model/event.ts';
import type { StepKey } from '../model/keys.ts';
import type { RunStatus } from '../model/run.ts';
import { GuardedCallbacks } from './callbacks.ts';
import { EventRecorder } from './event-recorder.ts';
import { executeStep } from './execute-step.ts';
import type { Executor } from './executor.ts';
import { plannedEvents } from './planned-events.ts';
import type { ResolvedRun } from './resolve-run.ts';
import { ResourcePool } from './resource-pool.ts';
import type { RunScope } from './run-scope.ts';
import { stepLog } from './step-context.ts';

export interface RunWorkerParts {
  readonly resolved: ResolvedRun;
  readonly resources: ReadonlyMap<string, ResourceDef>;
  readonly instance: Instance;
  readonly executor: Executor;
  readonly callbacks: GuardedCallbacks;
  readonly graceMs: number;
}

/** Takes one run from its start to its end: its status, its steps, its resources. */
export class RunWorker {
  readonly scope: RunScope;
  readonly #parts: RunWorkerParts;
  readonly #plan: ActivePlan;
  readonly #stop = new AbortController();
  #canceling: Promise<void> | undefined;

  constructor(parts: RunWorkerParts) {
    const { resolved, instance, callbacks } = parts;
    const { run } = resolved;
    this.#parts = parts;
    this.#plan = new ActivePlan(resolved.plan);
    const recorder = new EventRecorder({ runId: run.runId, log: instance.events, plan: this.#plan, callbacks });
    this.scope = {
      run,
      steps: resolved.steps,
      partition: resolved.partition,
      configs: resolved.config.steps,
      resources: new ResourcePool({
        resources: parts.resources,
        configs: resolved.config.resources,
        log: stepLog(recorder, null),
        signal: this.#stop.signal,
        emit: (event) => recorder.emit(event),
      }),
      recorder,
      callbacks,
      graceMs: parts.graceMs,
      values: new Map(),
      failures: new Map(),
    };
  }

  /**
   * Resolves when the run is over, however it ended.
   *
   * @throws PipesError PIPES_RUN_FAILED when it cannot be recorded
   */
  async work(signal: AbortSignal | undefined): Promise<void> {
    const { instance, resolved } = this.#parts;
    const { recorder, run } = this.scope;
    await instance.runs.add(run, new Date());
    const cancel = (): void => {
      this.#canceling ??= this.#cancel(signal?.reason);
      // Awaited when the steps have ended: until then its failure must not count as nobody's.
      this.#canceling.catch(() => undefined);
    };
    try {
      recorder.emit(...plannedEvents(resolved));
      await this.#move('STARTING', { type: 'RUN_STARTING' });
      await this.#move('STARTED', { type: 'RUN_START' });
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted === true) cancel();
      await this.#canceling;
      await this.#execute();
      await recorder.close();
    } catch (cause) {
      throw await this.#lost(cause);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async #execute(): Promise<void> {
    const { executor } = this.#parts;
    const { recorder, resources, steps } = this.scope;
    const message = `Executing ${steps.size} ${steps.size === 1 ? 'step' : 'steps'} ${executor.describe()}.`;
    recorder.emit({ type: 'ENGINE_EVENT', stepKey: null, message, error: null });
    let failures: readonly PipesError[] = [];
    try {
      await executor.execute({
        plan: this.#plan,
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
    await this.#end(failures);
  }

  /** First the plan, so that nothing new starts; then those that run. */
  async #cancel(reason: unknown): Promise<void> {
    try {
      await this.#move('CANCELING', { type: 'RUN_CANCELING' });
    } finally {
      this.#stop.abort(reason);
    }
  }

  async #end(failures: readonly PipesError[]): Promise<void> {
    const [failure] = failures;
    const states = [...this.#plan.states()];
    const isComplete = states.every(([, state]) => state === 'success' || state === 'skipped');
    if (isComplete && failure === undefined) {
      await this.#move('SUCCESS', { type: 'RUN_SUCCESS' });
    } else if (this.#canceling !== undefined) {
      await this.#move('CANCELED', { type: 'RUN_CANCELED' });
    } else if (isComplete && failure !== undefined) {
      const error = toPipesException(failure);
      const message = failure.message;
      await this.#move('FAILURE', { type: 'RUN_FAILURE', reason: 'RUN_EXCEPTION', message, failedSteps: [], error });
    } else {
      await this.#move('FAILURE', stepFailure(states));
    }
  }

  /** The storage has the last word on the status: what it refuses is recorded as refused. */
  async #move(to: RunStatus, event: RunEventBody): Promise<void> {
    const { recorder, run } = this.scope;
    const { applied, status } = await this.#parts.instance.runs.transition(run.runId, to, new Date());
    if (applied) {
      recorder.emit(event);
    } else {
      const message = `The run was to become ${to}, but it is ${status} already.`;
      recorder.emit({ type: 'ENGINE_EVENT', stepKey: null, message, error: null });
      recorder.imply(event);
    }
    await recorder.flush();
  }

  /** Events cannot be recorded, or the status cannot be moved: the record may still learn that the run is over. */
  async #lost(cause: unknown): Promise<PipesError<RuntimeErrorCode>> {
    const { run } = this.scope;
    const [marked] = await Promise.allSettled([this.#parts.instance.runs.transition(run.runId, 'FAILURE', new Date())]);
    const status = marked.status === 'rejected' ? ' Its status could not be set to FAILURE either.' : '';
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Run ${run.runId} ended early, because it could not be recorded: ${why}.${status}`;
    return new PipesError('PIPES_RUN_FAILED', message, { cause });
  }
}

function stepFailure(states: readonly (readonly [StepKey, StepState])[]): RunEventBody {
  const failedSteps = states.filter(([, state]) => state === 'failed').map(([key]) => key);
  const message = `${failedSteps.length === 1 ? 'Step' : 'Steps'} failed: ${failedSteps.join(', ')}.`;
  return { type: 'RUN_FAILURE', reason: 'STEP_FAILURE', message, failedSteps, error: null };
}
