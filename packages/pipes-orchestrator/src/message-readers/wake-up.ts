/** Lets one loop sleep until there is something to do. Waking it while it works makes its next sleep end at once. */
export class WakeUp {
  #isDue = false;
  #wake: (() => void) | undefined;

  now(): void {
    this.#isDue = true;
    this.#wake?.();
  }

  /** Resolves at the next {@link now}, or after this time. Does not keep the process alive. */
  async next(timeoutMs: number): Promise<void> {
    if (!this.#isDue) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs).unref();
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isDue = false;
    this.#wake = undefined;
  }
}
