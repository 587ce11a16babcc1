import type { JsonValue } from 'pipes-external/protocol';
import type { ChannelProblem, MessageBatch, MessageSink } from '../message-readers/message-reader.ts';

const DEADLINE_MS = 20_000;

/** Keeps what a message reader hands over, and lets a test wait for it. */
export class RecordingSink implements MessageSink {
  readonly texts: string[] = [];
  readonly places: string[] = [];
  readonly problems: ChannelProblem[] = [];
  /** What was not a message, joined. */
  output = '';
  /** Of the last batch that was handled. */
  cursor: JsonValue = null;
  deliveries = 0;
  /** How many batches were handed over while another was being handled, at most, and that one. */
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

  async foreign(text: string): Promise<void> {
    this.output += text;
    this.#settle();
  }

  get problemTexts(): readonly string[] {
    return this.problems.map((problem) => problem.message);
  }

  /** The consumer falls behind: handles nothing until the returned function is called. */
  holdUp(): () => void {
    let release: (() => void) | undefined;
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return () => release?.();
  }

  /** Resolves when it is so, looked at after whatever is recorded. Rejects after 20 s with what was recorded by then. */
  async until(isMet: () => boolean): Promise<void> {
    if (isMet()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Waited ${DEADLINE_MS} ms in vain. ${this.#summary}`)),
        DEADLINE_MS,
      );
      const settle = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.push({ isMet, resolve: settle });
    });
  }

  get #summary(): string {
    const problems = this.problemTexts.map((text) => `\n- ${text}`).join('');
    return `The reader handed over ${this.texts.length} lines and ${this.problems.length} problems:${problems}`;
  }

  #settle(): void {
    for (const waiting of this.#waiting.filter(({ isMet }) => isMet())) {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.resolve();
    }
  }
}
