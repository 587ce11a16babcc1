import type { ActivePlan } from '../model/active-plan.ts';
import type { NewEvent, RunEventBody } from '../model/event.ts';
import { draftOf, emptySummary, fold, type RunSummary } from '../model/fold.ts';
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
 * many events cost few appends. The queue has no bound: who can wait, flushes.
 */
export class EventRecorder {
  readonly #parts: RecorderParts;
  readonly #summary = draftOf(emptySummary);
  /** The next batch. */
  #queue: NewEvent[] = [];
  /** Settles with the next batch, where there is one: with the last one otherwise. Never rejects. */
  #stored: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #isClosed = false;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** How the run stands by what is in the log. It changes with every event that is stored. */
  get summary(): RunSummary {
    return this.#summary;
  }

  /**
   * Applies an event to the plan and puts it, with what follows from it, in the queue for the log. Does nothing when the run
   * is over: a step that was given up may still talk.
   */
  emit(body: RunEventBody): void {
    if (this.#isClosed) return;
    const event = this.#stamp(body);
    if (this.#queue.push(event) === 1) this.#stored = this.#storeAfter(this.#stored);
    this.emitAll(this.#parts.plan.apply(event));
  }

  emitAll(bodies: Iterable<RunEventBody>): void {
    for (const body of bodies) this.emit(body);
  }

  /** Applies to the plan what is not to be in the log; what follows from it is. */
  imply(body: RunEventBody): void {
    this.emitAll(this.#parts.plan.apply(this.#stamp(body)));
  }

  /**
   * Resolves when everything emitted so far is durable, whatever is emitted meanwhile.
   *
   * @throws what the event log threw: from then on nothing can be recorded
   */
  async flush(): Promise<void> {
    await this.#stored;
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

  /** Stores the queue as it is when the batch before it is stored: what is emitted together is stored together. */
  async #storeAfter(before: Promise<void>): Promise<void> {
    await before;
    if (this.#failure !== undefined) return;
    const batch = this.#queue;
    this.#queue = [];
    try {
      for (const event of await this.#parts.log.append(batch)) {
        fold(this.#summary, event);
        this.#parts.callbacks.event(event);
      }
    } catch (error) {
      this.#failure = { error };
      this.#isClosed = true;
    }
  }
}
