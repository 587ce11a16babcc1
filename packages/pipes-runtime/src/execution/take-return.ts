import { PipesError } from 'pipes-external/protocol';
import { AssetResult, type CheckOutcome } from '../definitions/result.ts';
import { callStep, type StepDef } from '../definitions/step-def.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import { isSessionResult } from './report-shape.ts';
import type { StepReports } from './step-reports.ts';

/**
 * Takes what the user's function returned: reports go to the reports, and the value, if it gave one, to the caller.
 *
 * @throws PipesError PIPES_STEP_RESULT_INVALID for what the kind of step may not return
 */
export async function takeReturn(step: StepDef, returned: unknown, reports: StepReports): Promise<unknown> {
  // An invocation can be both awaited and iterated: iterating it gives what it reports as it comes.
  const first = isAsyncIterable(returned) ? returned : await returned;
  const last = isAsyncIterable(first) ? await drain(first, reports) : first;
  switch (step.kind) {
    case 'asset':
      return takeAsset(step, last, reports);
    case 'multi-asset':
      return takeReports(last, reports);
    case 'check':
      return takeOutcome(step, last, reports);
    default:
      return step.kind satisfies never;
  }
}

async function takeAsset(step: StepDef, returned: unknown, reports: StepReports): Promise<unknown> {
  const assetKey = step.stepKey;
  if (isSessionResult(returned)) {
    await takeReports(returned, reports);
    return undefined;
  }
  if (AssetResult.is(returned)) {
    const { metadata, dataVersion, checks, value } = returned;
    const saysMore = dataVersion !== undefined || Object.keys(metadata).length > 0;
    if (saysMore) await reports.take({ assetKey, metadata, dataVersion });
    reports.imply(assetKey);
    reports.takeImplied();
    for (const check of checks) await reports.take({ assetKey, ...check });
    return value;
  }
  reports.imply(assetKey);
  return returned;
}

async function takeReports(returned: unknown, reports: StepReports): Promise<undefined> {
  if (returned === undefined) return undefined;
  for (const report of Array.isArray(returned) ? (returned as readonly unknown[]) : [returned])
    await reports.take(report);
  return undefined;
}

async function takeOutcome(step: StepDef, returned: unknown, reports: StepReports): Promise<undefined> {
  const [check] = step.checks;
  if (typeof (returned as Partial<CheckOutcome> | null | undefined)?.passed !== 'boolean') {
    throw new PipesError<RuntimeErrorCode>(
      'PIPES_STEP_RESULT_INVALID',
      `${callStep(step)} must return { passed: boolean, severity?, metadata? }, not ${String(returned)}.`,
    );
  }
  await reports.take({ assetKey: check?.assetKey, checkName: check?.checkName, ...(returned as CheckOutcome) });
  return undefined;
}

/** Takes reports one by one as they come. Gives what the iteration returned at its end. */
async function drain(iterable: AsyncIterable<unknown>, reports: StepReports): Promise<unknown> {
  let last: unknown;
  async function* keepingLast(): AsyncGenerator<unknown, void> {
    last = yield* iterable;
  }
  for await (const report of keepingLast()) await reports.take(report);
  return last;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
