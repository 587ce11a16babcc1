import type { RunEvent } from '../../model/event.ts';
import { endsRun } from '../../model/run.ts';
import type { EventCursor, WatchedEvent } from '../event-log.ts';
import { readCursor } from './cursor.ts';

/** Where to go on after an event. */
export function cursorAfter(event: RunEvent): EventCursor {
  return String(event.storageId) as EventCursor;
}

/** The index of the first event after the cursor, by bisection: events are in the order of their storage ids. */
export function indexAfter(events: readonly RunEvent[], after: EventCursor | undefined): number {
  const storageId = after === undefined ? 0 : readCursor(after);
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.storageId ?? 0) <= storageId) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The events of one run, and who waits for more of them. */
export class RunEvents {
  readonly events: RunEvent[] = [];
  readonly #waiting = new Set<() => void>();
  /** How many events there are up to the one that ended the run, and that included. */
  #length = Infinity;

  add(event: RunEvent): void {
    this.events.push(event);
    if (endsRun(event.type)) this.#length = Math.min(this.#length, this.events.length);
  }

  /** Tells every watcher that there is more, or that there is an end. */
  wake(): void {
    for (const resume of this.#waiting) resume();
  }

  /** Watchers end where they are. */
  end(): void {
    this.#length = 0;
    this.wake();
  }

  async *watch(after: EventCursor | undefined, signal: AbortSignal | undefined): AsyncGenerator<WatchedEvent, void> {
    for (let index = indexAfter(this.events, after); index < this.#length;) {
      if (signal?.aborted === true) return;
      const event = this.events[index];
      if (event === undefined) {
        await this.#more(signal);
      } else {
        index += 1;
        yield { event, cursor: cursorAfter(event) };
      }
    }
  }

  /** Resolves at the next wake, or when the signal aborts. */
  #more(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const resume = (): void => {
        this.#waiting.delete(resume);
        signal?.removeEventListener('abort', resume);
        resolve();
      };
      this.#waiting.add(resume);
      signal?.addEventListener('abort', resume, { once: true });
    });
  }
}
