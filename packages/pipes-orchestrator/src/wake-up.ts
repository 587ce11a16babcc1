/** Lets one loop sleep until there is something to do. Waking it while it works makes its next sleep end at once. */
export class WakeUp {
  #isDue = false;
  #wake: (() => void) | undefined;

  now(): void {
    this.#isDue = true;
    this.#wake?.();
  }

  /**
   * Resolves at the next {@link now}, or after this time if one is given. Does not keep the process alive.
   *
   * @returns whether it was woken
   */
  async next(timeoutMs?: number): Promise<boolean> {
    if (!this.#isDue) {
      await new Promise<void>((resolve) => {
        const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs).unref();
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const wasWoken = this.#isDue;
    this.#isDue = false;
    this.#wake = undefined;
    return wasWoken;
  }
}
