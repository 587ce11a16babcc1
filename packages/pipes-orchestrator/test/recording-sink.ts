import type { JsonValue } from 'pipes-external/protocol';
import type { ChannelProblem, MessageBatch, MessageSink } from '../src/message-readers/message-reader.ts';

/** Keeps what a reader hands over, and lets a test wait for it. */
export class RecordingSink implements MessageSink {
  readonly texts: string[] = [];
  readonly places: string[] = [];
  readonly problems: ChannelProblem[] = [];
  output = '';
  cursor: JsonValue = null;
  deliveries = 0;
  mostAtOnce = 0;
  #busy = 0;
  #gate: Promise<void> | undefined;
  #waiting: { readonly isMet: () => boolean; readonly resolve: () => void }[] = [];

  async deliver(batch: MessageBatch): Promise<void> {
    this.deliveries += 1;
    this.#busy += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#busy);
    this.#settle();
    await this.#gate;
    this.#busy -= 1;
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

  /** The consumer falls behind: handles nothing until the returned function is called. */
  holdUp(): () => void {
    let release: (() => void) | undefined;
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return () => release?.();
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
