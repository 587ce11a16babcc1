import { PipesError } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from '../../errors.ts';
import { canMove, isTerminal, type Run, type RunStatus } from '../../model/run.ts';
import { readCursor } from './cursor.ts';
import type { RunCursor, RunPage, RunRecord, RunsFilter, RunStorage } from '../run-storage.ts';

interface Row {
  /** Rises with every run that is added: what cursors point at. */
  readonly sequence: number;
  readonly record: RunRecord;
}

/** Runs in this process's memory, gone with it. */
export class MemoryRunStorage implements RunStorage {
  readonly #rows = new Map<string, Row>();
  #lastSequence = 0;

  add(run: Run, at: Date): Promise<RunRecord> {
    if (this.#rows.has(run.runId)) return Promise.reject(conflict(`There is a run ${run.runId} already.`));
    this.#lastSequence += 1;
    const record: RunRecord = {
      run,
      status: 'NOT_STARTED',
      createdAt: at,
      updatedAt: at,
      startedAt: null,
      endedAt: null,
    };
    this.#rows.set(run.runId, { sequence: this.#lastSequence, record });
    return Promise.resolve(record);
  }

  get(runId: string): Promise<RunRecord | undefined> {
    return Promise.resolve(this.#rows.get(runId)?.record);
  }

  async list(
    filter: RunsFilter,
    page: { readonly limit: number; readonly after?: RunCursor | undefined },
  ): Promise<RunPage> {
    const before = page.after === undefined ? Number.MAX_SAFE_INTEGER : readCursor(page.after);
    const found = [...this.#rows.values()]
      .filter((row) => row.sequence < before && matches(row.record, filter))
      .toReversed();
    const rows = found.slice(0, page.limit);
    return {
      records: rows.map((row) => row.record),
      cursor: String(rows.at(-1)?.sequence ?? before) as RunCursor,
      hasMore: found.length > rows.length,
    };
  }

  transition(
    runId: string,
    to: RunStatus,
    at: Date,
  ): Promise<{ readonly applied: boolean; readonly status: RunStatus }> {
    const row = this.#rows.get(runId);
    if (row === undefined) return Promise.reject(conflict(`Cannot move run ${runId} to ${to}: there is no such run.`));
    const { record } = row;
    if (!canMove(record.status, to)) return Promise.resolve({ applied: false, status: record.status });
    const startedAt = to === 'STARTED' ? at : record.startedAt;
    const endedAt = isTerminal(to) ? at : record.endedAt;
    this.#rows.set(runId, { ...row, record: { ...record, status: to, updatedAt: at, startedAt, endedAt } });
    return Promise.resolve({ applied: true, status: to });
  }

  delete(runId: string): Promise<void> {
    this.#rows.delete(runId);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#rows.clear();
    return Promise.resolve();
  }
}

function matches({ run, status }: RunRecord, filter: RunsFilter): boolean {
  return (
    (filter.runIds?.includes(run.runId) ?? true) &&
    (filter.jobName === undefined || filter.jobName === run.jobName) &&
    (filter.statuses?.includes(status) ?? true) &&
    Object.entries(filter.tags ?? {}).every(([key, value]) => run.tags[key] === value)
  );
}

function conflict(message: string): PipesError<RuntimeErrorCode> {
  return new PipesError('PIPES_STORAGE_CONFLICT', message);
}
