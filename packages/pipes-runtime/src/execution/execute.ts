import { PipesError } from 'pipes-external/protocol';
import type { Project } from '../definitions/project.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import { type Instance, instance as instances } from '../instance/instance.ts';
import { applyEvents, emptySummary } from '../model/fold.ts';
import { GuardedCallbacks, type RunCallbacks } from './callbacks.ts';
import { type ExecutionResult, makeResult } from './execution-result.ts';
import { inProcessExecutor } from './in-process-executor.ts';
import { resolveRun, type RunRequest } from './resolve-run.ts';
import { RunWorker } from './run-worker.ts';

const DEFAULT_CANCEL_GRACE_MS = 30_000;

export interface ExecuteOptions extends RunRequest, RunCallbacks {
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined;
  /** Where the run and its events are kept. @default an ephemeral one, of this run only */
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
  if (options.instance !== undefined) return await executeOn(options.instance, project, options);
  await using own = instances.ephemeral();
  return await executeOn(own, project, options);
}

async function executeOn(instance: Instance, project: Project, options: ExecuteOptions): Promise<ExecutionResult> {
  const { maxConcurrent, cancelGraceMs = DEFAULT_CANCEL_GRACE_MS } = options;
  checkAmount('maxConcurrent', maxConcurrent, 1);
  checkAmount('cancelGraceMs', cancelGraceMs, 0);
  const resolved = await resolveRun(project, options, new Date());
  const callbacks = new GuardedCallbacks(options);
  const worker = new RunWorker({
    resolved,
    resources: project.resources,
    instance,
    executor: inProcessExecutor({ maxConcurrent }),
    callbacks,
    graceMs: cancelGraceMs,
  });
  await worker.work(options.signal);
  callbacks.rethrow();

  const { recorder, values, failures, run } = worker.scope;
  const record = await instance.runs.get(run.runId);
  if (record === undefined) throw runError('PIPES_RUN_FAILED', `Run ${run.runId} was deleted while it ran.`);
  const { events } = recorder;
  const result = makeResult({ record, events, summary: applyEvents(emptySummary, events), values, failures });
  if (options.throwOnError === true && !result.success) throw failureOf(result, failures);
  return result;
}

function checkAmount(option: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw runError('PIPES_OPTION_INVALID', `${option} must be a whole number from ${least}, not ${value}.`);
}

function failureOf(result: ExecutionResult, failures: ReadonlyMap<string, unknown>): PipesError<RuntimeErrorCode> {
  const { runId, status, failure } = result.summary;
  const [cause] = failures.values();
  if (status === 'CANCELED') return runError('PIPES_RUN_CANCELED', `Run ${runId} was cancelled.`, cause);
  return runError('PIPES_RUN_FAILED', `Run ${runId} failed. ${failure?.message ?? ''}`, cause);
}

function runError(code: RuntimeErrorCode, message: string, cause?: unknown): PipesError<RuntimeErrorCode> {
  return new PipesError(code, message, { cause });
}
