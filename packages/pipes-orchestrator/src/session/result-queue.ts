import { keepingAlive } from '../keeping-alive.ts';
import type { PipesExecutionResult } from '../results.ts';

/** How far a reader may run ahead of whoever streams the results. */
const HIGH_WATER = 1_000;

/** Reported results on their way to whoever takes them, each once, in order. */
export class ResultQueue {
  #items: PipesExecutionResult[] = [];
  /** Where the queue begins in `#items`: shifting a long array would move all of it. */
  #head = 0;
  #streams = 0;
  #isBounded = true;
  #takers: (() => void)[] = [];
  #givers: (() => void)[] = [];

  constructor(earlier: readonly PipesExecutionResult[]) {
    this.#items = [...earlier];
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  get items(): readonly PipesExecutionResult[] {
    return this.#items.slice(this.#head);
  }

  /** Somebody streams, and is far behind. Nobody's results are kept without bound: they are taken all at once. */
  get isFull(): boolean {
    return this.#isBounded && this.#streams > 0 && this.size >= HIGH_WATER;
  }

  push(result: PipesExecutionResult): void {
    this.#items.push(result);
    this.wake();
  }

  takeAll(): readonly PipesExecutionResult[] {
    const { items } = this;
    this.#items = [];
    this.#head = 0;
    this.#letIn();
    return items;
  }

  /** Resolves when the queue is full no more. */
  async room(): Promise<void> {
    while (this.isFull) await new Promise<void>((resolve) => this.#givers.push(resolve));
  }

  /**
   * The end is near: what comes is taken whatever its number, so that waiting for the rest cannot wait for itself, and
   * streams look whether they ended.
   */
  unbind(): void {
    this.#isBounded = false;
    this.#letIn();
    this.wake();
  }

  /** Has streams look whether they ended. */
  wake(): void {
    for (const resolve of this.#takers.splice(0)) resolve();
  }

  /**
   * Keeps this process alive while it waits.
   *
   * @param hasEnded whether no more will come; what it throws ends the stream at once
   */
  async *stream(hasEnded: () => boolean): AsyncGenerator<PipesExecutionResult, void, undefined> {
    this.#streams += 1;
    try {
      for (;;) {
        const isLast = hasEnded();
        const next = this.#take();
        if (next !== undefined) yield next;
        else if (isLast) return;
        else await keepingAlive(new Promise<void>((resolve) => this.#takers.push(resolve)));
      }
    } finally {
      this.#streams -= 1;
      this.#letIn();
    }
  }

  #take(): PipesExecutionResult | undefined {
    const next = this.#items[this.#head];
    if (next === undefined) return undefined;
    this.#head += 1;
    if (this.#head >= HIGH_WATER) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    if (this.size < HIGH_WATER) this.#letIn();
    return next;
  }

  #letIn(): void {
    for (const resolve of this.#givers.splice(0)) resolve();
  }
}
