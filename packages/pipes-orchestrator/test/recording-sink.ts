import type { JsonValue } from 'pipes-external/protocol';
import type { ChannelProblem, MessageBatch, MessageSink } from '../src/message-readers/message-reader.ts';

/** Keeps what a reader hands over, and lets a test wait for it. */
export class RecordingSink implements MessageSink {
  readonly texts: string[] = [];
  readonly places: string[] = [];
  readonly problems: ChannelProblem[] = [];
  output = '';
  cursor: JsonValue = null;
  /** Held while it is pending: a consumer that is behind. */
  gate: Promise<void> = Promise.resolve();
  #waiting: { readonly isMet: () => boolean; readonly resolve: () => void }[] = [];

  async deliver(batch: MessageBatch): Promise<void> {
    await this.gate;
    for (const { text, place } of batch.lines) {
      this.texts.push(text);
      this.places.push(place);
    }
    this.cursor = batch.cursor;
    this.#settle();
  }

  problem(problem: ChannelProblem): void {
    this.problems.push(problem);
    this.#settle();
  }

  foreign(text: string): void {
    this.output += text;
    this.#settle();
  }

  get problemTexts(): readonly string[] {
    return this.problems.map((problem) => problem.message);
  }

  /** Resolves when it is so, looked at after whatever is recorded. */
  async until(isMet: () => boolean): Promise<void> {
    if (isMet()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ isMet, resolve }));
  }

  #settle(): void {
    for (const waiting of this.#waiting.filter(({ isMet }) => isMet())) {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.resolve();
    }
  }
}
