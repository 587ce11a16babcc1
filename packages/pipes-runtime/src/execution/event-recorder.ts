import type { ActivePlan } from '../model/active-plan.ts';
import type { NewEvent, RunEvent, RunEventBody } from '../model/event.ts';
import type { EventLog } from '../storage/event-log.ts';
import type { GuardedCallbacks } from './callbacks.ts';

interface RecorderParts {
  readonly runId: string;
  readonly log: EventLog;
  readonly plan: ActivePlan;
  readonly callbacks: GuardedCallbacks;
}

/**
 * The one way of a run into the event log. What is emitted while a batch is being stored goes into the next batch, so that
 * many events cost few appends.
 */
export class EventRecorder {
  readonly #parts: RecorderParts;
  readonly #events: RunEvent[] = [];
  #queue: NewEvent[] = [];
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isClosed = false;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** Everything that is in the log by now. */
  get events(): readonly RunEvent[] {
    return this.#events;
  }

  /**
   * Applies events to the plan and puts them, with what follows from them, in the queue for the log. Does nothing when the
   * run is over: a step that was given up may still talk.
   */
  emit(...bodies: readonly RunEventBody[]): void {
    if (this.#isClosed) return;
    for (const body of bodies) {
      this.#queue.push(this.#stamp(body));
      this.imply(body);
    }
    this.#writing ??= this.#write();
  }

  /** Applies to the plan what is not to be in the log; what follows from it is. */
  imply(body: RunEventBody): void {
    const consequences = this.#parts.plan.apply(this.#stamp(body));
    if (consequences.length > 0) this.emit(...consequences);
  }

  /**
   * Resolves when everything emitted so far is durable.
   *
   * @throws what the event log threw: from then on nothing can be recorded
   */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Records what is in the queue, and nothing after it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }

  #stamp(body: RunEventBody): NewEvent {
    return { ...body, runId: this.#parts.runId, at: new Date() };
  }

  /** Never rejects: a failure is for those who flush. */
  async #write(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        // Lets what is emitted together be stored together.
        await Promise.resolve();
        const batch = this.#queue;
        this.#queue = [];
        for (const event of await this.#parts.log.append(batch)) {
          this.#events.push(event);
          this.#parts.callbacks.event(event);
        }
      }
    } catch (error) {
      this.#failure = { error };
      this.#isClosed = true;
      this.#queue = [];
    }
    this.#writing = undefined;
  }
}
