const DEADLINE_MS = 20_000;

/** Tests wait for what must come, and say what did not when it has not come after 20 s. */
export class Watch {
  #waiting: { readonly isMet: () => boolean; readonly resolve: () => void }[] = [];

  /** Resolves when it is so, looked at now and at each {@link look}. */
  async until(isMet: () => boolean, describe: () => string): Promise<void> {
    if (isMet()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`Waited ${DEADLINE_MS} ms in vain for ${isMet.toString()}. ${describe()}`));
      }, DEADLINE_MS);
      const settle = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.push({ isMet, resolve: settle });
    });
  }

  look(): void {
    const met = this.#waiting.filter(({ isMet }) => isMet());
    this.#waiting = this.#waiting.filter((waiting) => !met.includes(waiting));
    for (const { resolve } of met) resolve();
  }
}
