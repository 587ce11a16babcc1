import { PipesError } from 'pipes-external/protocol';
import type { Project } from '../definitions/project.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import { type Instance, instance as instances } from '../instance/instance.ts';
import { ActivePlan } from '../model/active-plan.ts';
import { GuardedCallbacks, type RunCallbacks } from './callbacks.ts';
import { createRun } from './create-run.ts';
import { EventRecorder } from './event-recorder.ts';
import { type ExecutionResult, makeResult } from './execution-result.ts';
import { inProcessExecutor } from './in-process-executor.ts';
import { LONGEST_TIMER_MS } from './longest-timer.ts';
import { resolveRun, type RunRequest } from './resolve-run.ts';
import { RunLedger } from './run-ledger.ts';
import { RunWorker } from './run-worker.ts';

const DEFAULT_CANCEL_GRACE_MS = 30_000;

export interface ExecuteOptions extends RunRequest, RunCallbacks {
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined;
  /** Where the run and its events are kept. @default an ephemeral one, of this run only, that is gone with its result */
  readonly instance?: Instance | undefined;
  /** How many steps run at once. @default as many as there are processors, at least 4 */
  readonly maxConcurrent?: number | undefined;
  /** How long a step may take to stop when the run is cancelled, in ms; then it is given up. @default 30000 */
  readonly cancelGraceMs?: number | undefined;
  /** Reject when the run does not succeed. @default false */
  readonly throwOnError?: boolean | undefined;
}

/**
 * Runs assets and their checks in this process, to the end. Resolves for a run that failed or was cancelled, too: see
 * `success`.
 *
 * @throws PipesError PIPES_SELECTION_INVALID, PIPES_PARTITION_INVALID, PIPES_CONFIG_INVALID, PIPES_OPTION_INVALID before anything runs;
 * PIPES_RUN_FAILED when the run cannot be recorded; with `throwOnError` PIPES_RUN_FAILED, PIPES_RUN_CANCELED. What `onEvent`
 * or `onOutput` threw is thrown when the run is over.
 */
export async function execute(project: Project, options: ExecuteOptions = {}): Promise<ExecutionResult> {
  const { instance = instances.ephemeral(), maxConcurrent, cancelGraceMs = DEFAULT_CANCEL_GRACE_MS } = options;
  checkAmount('maxConcurrent', maxConcurrent, { least: 1 });
  checkAmount('cancelGraceMs', cancelGraceMs, { least: 0, most: LONGEST_TIMER_MS });
  const resolved = await resolveRun(project, options, new Date());
  const { runId } = resolved.run;
  const callbacks = new GuardedCallbacks(options);
  const plan = new ActivePlan(resolved.plan);
  const recorder = new EventRecorder({ runId, log: instance.events, plan, callbacks });
  const ledger = new RunLedger({ runId, runs: instance.runs, recorder });
  const worker = new RunWorker({
    resolved,
    resources: project.resources,
    plan,
    ledger,
    executor: inProcessExecutor({ maxConcurrent }),
    callbacks,
    graceMs: cancelGraceMs,
  });
  if (await createRun(instance, resolved, ledger)) await worker.work(options.signal);
  await ledger.guard(() => recorder.close());
  callbacks.rethrow();

  const { values, failures } = worker.scope;
  const record = await instance.runs.get(runId);
  if (record === undefined) throw runError('PIPES_RUN_FAILED', `Run ${runId} was deleted while it ran.`);
  const result = makeResult({ record, summary: recorder.summary, log: instance.events, values, failures });
  if (options.throwOnError === true && !result.success) throw failureOf(result, failures);
  return result;
}

interface Bounds {
  readonly least: number;
  readonly most?: number;
}

function checkAmount(option: string, value: number | undefined, { least, most }: Bounds): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= (most ?? value))) return;
  const bounds = most === undefined ? `from ${least}` : `from ${least} to ${most}`;
  throw runError('PIPES_OPTION_INVALID', `${option} must be a whole number ${bounds}, not ${value}.`);
}

function failureOf(result: ExecutionResult, failures: ReadonlyMap<string, unknown>): PipesError<RuntimeErrorCode> {
  const { record, summary } = result;
  const { runId } = record.run;
  const [cause] = failures.values();
  if (record.status === 'CANCELED') return runError('PIPES_RUN_CANCELED', `Run ${runId} was cancelled.`, cause);
  const why = summary.failure?.message ?? `Its status is ${record.status}.`;
  return runError('PIPES_RUN_FAILED', `Run ${runId} failed. ${why}`, cause);
}

function runError(code: RuntimeErrorCode, message: string, cause?: unknown): PipesError<RuntimeErrorCode> {
  return new PipesError(code, message, { cause });
}
