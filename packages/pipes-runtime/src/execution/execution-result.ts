import { PipesError } from 'pipes-external/protocol';
import type { AssetDef } from '../definitions/asset.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import type { RunEvent } from '../model/event.ts';
import type { RunSummary } from '../model/fold.ts';
import type { EventCursor, EventLog } from '../storage/event-log.ts';
import type { RunRecord } from '../storage/run-storage.ts';

/** How a run ended, and what it left. */
export interface ExecutionResult {
  readonly record: RunRecord;
  readonly success: boolean;
  readonly summary: RunSummary;
  /** All events of the run, in order, read from the event log page by page: while its instance is not disposed. */
  events(): AsyncIterable<RunEvent>;
  /**
   * The value that an asset gave in this run.
   *
   * @throws PipesError PIPES_SELECTION_INVALID when it was not in the run, PIPES_RUN_FAILED when it was not made
   */
  output<T>(asset: AssetDef<T>): T;
}

interface ResultParts extends Pick<ExecutionResult, 'record' | 'summary'> {
  readonly log: EventLog;
  readonly values: ReadonlyMap<string, unknown>;
  readonly failures: ReadonlyMap<string, unknown>;
}

export function makeResult({ record, summary, log, values, failures }: ResultParts): ExecutionResult {
  return {
    record,
    success: record.status === 'SUCCESS',
    summary,
    events: () => eventsOf(log, record.run.runId),
    output<T>({ key }: AssetDef<T>): T {
      if (values.has(key)) return values.get(key) as T;
      const status = summary.steps.get(key)?.status;
      if (status === undefined) throw missing('PIPES_SELECTION_INVALID', key, 'it was not selected');
      throw missing('PIPES_RUN_FAILED', key, `its step is ${status}`, failures.get(key));
    },
  };
}

const EVENTS_A_PAGE = 1000;

async function* eventsOf(log: EventLog, runId: string): AsyncGenerator<RunEvent, void> {
  let after: EventCursor | undefined;
  for (let hasMore = true; hasMore;) {
    const page = await log.forRun(runId, { limit: EVENTS_A_PAGE, after });
    yield* page.events;
    ({ hasMore, cursor: after } = page);
  }
}

function missing(code: RuntimeErrorCode, key: string, why: string, cause?: unknown): PipesError<RuntimeErrorCode> {
  return new PipesError(code, `Asset "${key}" gave no value in this run: ${why}.`, { cause });
}
