import type { EventLog } from '../storage/event-log.ts';
import { MemoryEventLog } from '../storage/memory/event-log.ts';
import { MemoryRunStorage } from '../storage/memory/run-storage.ts';
import type { RunStorage } from '../storage/run-storage.ts';

/** What outlives a run. Disposing it disposes its parts. */
export interface Instance extends AsyncDisposable {
  readonly runs: RunStorage;
  readonly events: EventLog;
}

/** Ways to an instance. */
export const instance = {
  /** An instance in this process's memory: for tests, and for runs of which nothing is to stay. */
  ephemeral(): Instance {
    const runs = new MemoryRunStorage();
    const events = new MemoryEventLog();
    return {
      runs,
      events,
      async [Symbol.asyncDispose]() {
        await events[Symbol.asyncDispose]();
        await runs[Symbol.asyncDispose]();
      },
    };
  },
};
