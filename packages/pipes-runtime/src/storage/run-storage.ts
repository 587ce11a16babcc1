import type { Run, RunStatus, Tags } from '../model/run.ts';

/** Opaque: never built by callers. */
export type RunCursor = string & { readonly __brand: 'RunCursor' };

export interface RunRecord {
  readonly run: Run;
  readonly status: RunStatus;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** All that are given must hold. */
export interface RunsFilter {
  readonly runIds?: readonly string[] | undefined;
  readonly jobName?: string | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  readonly tags?: Tags | undefined;
}

export interface RunPage {
  readonly records: readonly RunRecord[];
  readonly cursor: RunCursor;
  readonly hasMore: boolean;
}

/** Which runs there are and how they stand. Prove a new one with `runStorageCases`. */
export interface RunStorage extends AsyncDisposable {
  /** @throws PipesError PIPES_STORAGE_CONFLICT when there is a run of that id */
  add(run: Run, at: Date): Promise<RunRecord>;

  get(runId: string): Promise<RunRecord | undefined>;

  /**
   * Newest first.
   *
   * @throws PipesError PIPES_STORAGE_CONFLICT for a cursor that no storage can have given
   */
  list(filter: RunsFilter, page: { readonly limit: number; readonly after?: RunCursor | undefined }): Promise<RunPage>;

  /**
   * Compare-and-set: moves the run only when the state machine allows the step from where it is. A terminal status never
   * changes.
   *
   * @throws PipesError PIPES_STORAGE_CONFLICT when there is no such run
   */
  transition(
    runId: string,
    to: RunStatus,
    at: Date,
  ): Promise<{ readonly applied: boolean; readonly status: RunStatus }>;

  /** Forgets a run. Succeeds when there is none. */
  delete(runId: string): Promise<void>;
}
