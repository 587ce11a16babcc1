import type { RunEvent } from '../../model/event.ts';

const TERMINAL: ReadonlySet<string> = new Set(['RUN_SUCCESS', 'RUN_FAILURE', 'RUN_CANCELED']);

/** The events of one run, and who waits for more of them. */
export class RunEvents {
  readonly events: RunEvent[] = [];
  readonly #waiting = new Set<() => void>();
  /** How many events there are up to the one that ended the run, and that included. */
  #length = Infinity;

  add(event: RunEvent): void {
    this.events.push(event);
    if (TERMINAL.has(event.type)) this.#length = Math.min(this.#length, this.events.length);
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

  async *watch(from: number, signal: AbortSignal | undefined): AsyncGenerator<RunEvent, void> {
    for (let index = from; index < this.#length;) {
      if (signal?.aborted === true) return;
      const event = this.events[index];
      if (event === undefined) {
        await this.#more(signal);
      } else {
        index += 1;
        yield event;
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
