import type { AssetKeyString } from '../model/keys.ts';
import type { EventType, NewEvent, RunEvent } from '../model/event.ts';

/** Opaque: never built by callers, valid for the log that gave it. */
export type EventCursor = string & { readonly __brand: 'EventCursor' };

export interface EventPage {
  readonly events: readonly RunEvent[];
  /** After the last event of this page: pass it on to read further, now or when more has come. */
  readonly cursor: EventCursor;
  readonly hasMore: boolean;
}

/** An event, and where to go on after it. */
export interface WatchedEvent {
  readonly event: RunEvent;
  readonly cursor: EventCursor;
}

export interface EventPageRequest {
  readonly limit: number;
  readonly after?: EventCursor | undefined;
  readonly types?: readonly EventType[] | undefined;
}

/**
 * The append-only truth of what happened. Prove a new one with `eventLogCases` from
 * `pipes-runtime/storage-conformance`. Everything that takes a cursor rejects with PipesError PIPES_STORAGE_CONFLICT for one
 * that no log can have given.
 */
export interface EventLog extends AsyncDisposable {
  /** All of the batch or nothing, in order. Resolves when durable. */
  append(events: readonly NewEvent[]): Promise<readonly RunEvent[]>;

  /** Events of one run, oldest first. */
  forRun(runId: string, page: EventPageRequest): Promise<EventPage>;

  /** Events of one asset over all runs, oldest first. */
  forAsset(assetKey: AssetKeyString, page: EventPageRequest): Promise<EventPage>;

  /**
   * Every event of a run after the cursor (default: from its start), then those to come, none twice and none missed, until
   * the run reaches a terminal event or the signal aborts. Does not reject on abort: it ends. Who is cut off watches on
   * after the cursor of the last event that he took.
   */
  watch(
    runId: string,
    options?: { readonly after?: EventCursor | undefined; readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<WatchedEvent>;

  /** Forgets the events of a run. Succeeds when there are none. */
  deleteRun(runId: string): Promise<void>;
}
