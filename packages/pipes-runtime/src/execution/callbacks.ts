import type { PipesStream } from 'pipes-external/protocol';
import type { RunEvent } from '../model/event.ts';
import type { StepKey } from '../model/keys.ts';

/** What the caller of a run wants to be told while it runs. */
export interface RunCallbacks {
  /** Called for every event, once it is in the event log, in order. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** Called for what external processes write. @default this process's stdout and stderr */
  readonly onOutput?: ((stepKey: StepKey, stream: PipesStream, text: string) => void) | undefined;
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
    this.#guard('onEvent', () => this.#callbacks.onEvent?.(event));
  }

  output(stepKey: StepKey, stream: PipesStream, text: string): void {
    const { onOutput } = this.#callbacks;
    if (onOutput === undefined) process[stream].write(text);
    else this.#guard('onOutput', () => onOutput(stepKey, stream, text));
  }

  /** @throws what a callback threw, the first where both did */
  rethrow(): void {
    for (const error of this.#errors.values()) throw error;
  }

  #guard(name: keyof RunCallbacks, call: () => void): void {
    if (this.#errors.has(name)) return;
    try {
      call();
    } catch (error) {
      this.#errors.set(name, error);
    }
  }
}
