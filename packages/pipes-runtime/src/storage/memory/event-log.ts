import type { NewEvent, RunEvent } from '../../model/event.ts';
import type { AssetKeyString } from '../../model/keys.ts';
import type { EventCursor, EventLog, EventPage, EventPageRequest, WatchedEvent } from '../event-log.ts';
import { cursorAfter, indexAfter, RunEvents } from './run-events.ts';

/** Events in this process's memory, gone with it. Appending and waking watchers cost the same however long the log is. */
export class MemoryEventLog implements EventLog {
  readonly #runs = new Map<string, RunEvents>();
  readonly #assets = new Map<AssetKeyString, RunEvent[]>();
  #lastStorageId = 0;

  append(events: readonly NewEvent[]): Promise<readonly RunEvent[]> {
    const stored = events.map((event): RunEvent => {
      this.#lastStorageId += 1;
      return { ...event, storageId: this.#lastStorageId };
    });
    const grown = new Set<RunEvents>();
    for (const event of stored) {
      const run = this.#run(event.runId);
      run.add(event);
      grown.add(run);
      if ('assetKey' in event) this.#ofAsset(event.assetKey).push(event);
    }
    for (const run of grown) run.wake();
    return Promise.resolve(stored);
  }

  async forRun(runId: string, page: EventPageRequest): Promise<EventPage> {
    return pageOf(this.#runs.get(runId)?.events ?? [], page);
  }

  async forAsset(assetKey: AssetKeyString, page: EventPageRequest): Promise<EventPage> {
    return pageOf(this.#assets.get(assetKey) ?? [], page);
  }

  watch(
    runId: string,
    options: { readonly after?: EventCursor | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): AsyncIterable<WatchedEvent> {
    return this.#run(runId).watch(options.after, options.signal);
  }

  deleteRun(runId: string): Promise<void> {
    this.#runs.get(runId)?.end();
    this.#runs.delete(runId);
    for (const [assetKey, events] of this.#assets) {
      const kept = events.filter((event) => event.runId !== runId);
      if (kept.length === 0) this.#assets.delete(assetKey);
      else this.#assets.set(assetKey, kept);
    }
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.#runs.values()) run.end();
    this.#runs.clear();
    this.#assets.clear();
    return Promise.resolve();
  }

  #run(runId: string): RunEvents {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const run = new RunEvents();
    this.#runs.set(runId, run);
    return run;
  }

  #ofAsset(assetKey: AssetKeyString): RunEvent[] {
    const known = this.#assets.get(assetKey);
    if (known !== undefined) return known;
    const events: RunEvent[] = [];
    this.#assets.set(assetKey, events);
    return events;
  }
}

const START = '0' as EventCursor;

/** One more than asked for is looked for, so that `hasMore` is a fact. */
function pageOf(events: readonly RunEvent[], { limit, after, types }: EventPageRequest): EventPage {
  const found: RunEvent[] = [];
  for (let index = indexAfter(events, after); index < events.length && found.length <= limit; index += 1) {
    const event = events[index];
    if (event !== undefined && (types?.includes(event.type) ?? true)) found.push(event);
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const cursor = last === undefined ? (after ?? START) : cursorAfter(last);
  return { events: page, cursor, hasMore: found.length > limit };
}
