import { PipesError } from 'pipes-external/protocol';
import type { AssetDef } from '../definitions/asset.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import type { RunEvent } from '../model/event.ts';
import type { RunSummary } from '../model/fold.ts';
import type { RunRecord } from '../storage/run-storage.ts';

/** How a run ended, and what it left. */
export interface ExecutionResult {
  readonly record: RunRecord;
  readonly success: boolean;
  /** All events of the run, in order. */
  readonly events: readonly RunEvent[];
  readonly summary: RunSummary;
  /**
   * The value that an asset gave in this run.
   *
   * @throws PipesError PIPES_SELECTION_INVALID when it was not in the run, PIPES_RUN_FAILED when it was not made
   */
  output<T>(asset: AssetDef<T>): T;
}

interface ResultParts extends Omit<ExecutionResult, 'success' | 'output'> {
  readonly values: ReadonlyMap<string, unknown>;
  readonly failures: ReadonlyMap<string, unknown>;
}

export function makeResult({ record, events, summary, values, failures }: ResultParts): ExecutionResult {
  return {
    record,
    success: record.status === 'SUCCESS',
    events,
    summary,
    output<T>({ key }: AssetDef<T>): T {
      if (values.has(key)) return values.get(key) as T;
      const status = summary.steps.get(key)?.status;
      if (status === undefined) throw missing('PIPES_SELECTION_INVALID', key, 'it was not selected');
      throw missing('PIPES_RUN_FAILED', key, `its step is ${status}`, failures.get(key));
    },
  };
}

function missing(code: RuntimeErrorCode, key: string, why: string, cause?: unknown): PipesError<RuntimeErrorCode> {
  return new PipesError(code, `Asset "${key}" gave no value in this run: ${why}.`, { cause });
}
