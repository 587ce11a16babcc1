import { PipesError, toPipesException } from 'pipes-external/protocol';
import type { StepDef } from '../definitions/step-def.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import type { ReadyStep } from '../model/active-plan.ts';
import type { RunScope } from './run-scope.ts';
import { makeStepContext, partitionKeysOf, type StepAttempt } from './step-context.ts';
import { StepReports } from './step-reports.ts';
import { StepSessions } from './step-sessions.ts';
import { takeReturn } from './take-return.ts';
import { withinGrace } from './within-grace.ts';

/**
 * Runs one attempt of a step, from its start event to the one that ends it, both durable. What the user's code throws is a
 * fact in the log.
 *
 * @throws what the event log throws, and nothing else
 */
export async function executeStep(
  scope: RunScope,
  step: StepDef,
  { key, attempt }: ReadyStep,
  signal: AbortSignal,
): Promise<void> {
  const { recorder } = scope;
  const reports = new StepReports({ step, partitionKeys: partitionKeysOf(step, scope), recorder });
  const sessions = new StepSessions(step, recorder);
  const over = new AbortController();
  const startedAt = performance.now();
  recorder.emit({ type: attempt === 1 ? 'STEP_START' : 'STEP_RESTARTED', stepKey: key, attempt });
  await recorder.flush();
  try {
    const work = runBody(
      { scope, step, attempt, signal: AbortSignal.any([signal, over.signal]), reports, sessions },
      over,
    );
    const { graceMs } = scope;
    const value = await withinGrace(work, { signal, graceMs, tooLate: () => givenUp(graceMs, signal) });
    if (step.kind === 'asset') scope.values.set(key, value);
    recorder.emit({ type: 'STEP_SUCCESS', stepKey: key, attempt, durationMs: since(startedAt) });
  } catch (error) {
    scope.failures.set(key, error);
    recorder.emit({
      type: 'STEP_FAILURE',
      stepKey: key,
      attempt,
      durationMs: since(startedAt),
      error: toPipesException(error),
      source: signal.aborted ? 'interrupt' : 'user',
    });
  } finally {
    reports.close();
    over.abort(new Error('the step is over'));
  }
  await recorder.flush();
}

/** What a step that failed left running, it left running in vain: `over` stops it before its sessions are closed. */
async function runBody(parts: StepAttempt, over: AbortController): Promise<unknown> {
  const { scope, step, reports, sessions } = parts;
  const resources = await scope.resources.take(step.resources);
  const context = makeStepContext(parts, resources);
  const inputs = Object.fromEntries(
    Object.entries(step.inputs).map(([name, input]) => [name, scope.values.get(input.stepKey)]),
  );
  try {
    const value = await takeReturn(step, step.run(context, inputs), reports);
    await sessions.finish();
    reports.finish();
    return value;
  } catch (error) {
    over.abort(new Error('the step failed'));
    await sessions.abandon();
    throw error;
  }
}

function givenUp(graceMs: number, signal: AbortSignal): PipesError<RuntimeErrorCode> {
  return new PipesError(
    'PIPES_RUN_CANCELED',
    `The step was asked to stop and did not within ${graceMs} ms: it was given up, and what it still does is not recorded. ` +
      'Let it heed its signal.',
    { cause: signal.reason },
  );
}

/** Milliseconds, to the microsecond. */
function since(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 1000) / 1000;
}
