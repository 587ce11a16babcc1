import type { PipesStream } from 'pipes-external/protocol';
import type { RunEvent } from '../model/event.ts';
import type { StepKey } from '../model/keys.ts';

/** What the caller of a run wants to be told while it runs. */
export interface RunCallbacks {
  /** Called for every event, once it is in the event log, in order. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /**
   * Called for what external processes write. Of a process nothing more is read until a promise that this returns settles.
   *
   * @default this process's stdout and stderr
   */
  readonly onOutput?: ((stepKey: StepKey, stream: PipesStream, text: string) => void | Promise<void>) | undefined;
}

/**
 * Calls back. A callback that throws is not called again, and does no harm to the run nor to the other one: its error is
 * kept.
 */
export class GuardedCallbacks {
  readonly #callbacks: RunCallbacks;
  /** What each callback threw. */
  readonly #errors = new Map<keyof RunCallbacks, unknown>();

  constructor(callbacks: RunCallbacks) {
    this.#callbacks = callbacks;
  }

  event(event: RunEvent): void {
    void this.#guard('onEvent', () => this.#callbacks.onEvent?.(event));
  }

  /** @returns a promise when `onOutput` does: it never rejects */
  output(stepKey: StepKey, stream: PipesStream, text: string): void | Promise<void> {
    const { onOutput } = this.#callbacks;
    if (onOutput !== undefined) return this.#guard('onOutput', () => onOutput(stepKey, stream, text));
    process[stream].write(text);
  }

  /** @throws what a callback threw, the first where both did */
  rethrow(): void {
    for (const error of this.#errors.values()) throw error;
  }

  #guard(name: keyof RunCallbacks, call: () => void | Promise<void>): void | Promise<void> {
    if (this.#errors.has(name)) return undefined;
    // Those that came while a promise was open may fail after it: the first error tells why.
    const keep = (error: unknown): void => void (this.#errors.has(name) || this.#errors.set(name, error));
    try {
      const outcome = call();
      return outcome instanceof Promise ? outcome.catch(keep) : undefined;
    } catch (error) {
      return keep(error);
    }
  }
}
