import type { MessageBatch, MessageSink } from './message-reader.ts';

/** Hands batches to a sink, and lets go of one the sink is busy with when reading is abandoned. */
export class Handover {
  readonly #sink: MessageSink;
  #isAbandoned = false;
  #letGo: (() => void) | undefined;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  /** Resolves when the batch was handled, or abandoned. An empty one is not worth the sink's time. */
  async deliver(batch: MessageBatch): Promise<void> {
    if (this.#isAbandoned || batch.lines.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#letGo = resolve;
      void this.#sink.deliver(batch).then(resolve);
    });
  }

  /** Nothing is delivered from now on. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#letGo?.();
  }
}
