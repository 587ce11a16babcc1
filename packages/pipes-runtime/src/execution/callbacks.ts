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

/** Calls back. A callback that throws is not called again, and does no harm to the run: its error is kept. */
export class GuardedCallbacks {
  readonly #callbacks: RunCallbacks;
  #failure: { readonly error: unknown } | undefined;

  constructor(callbacks: RunCallbacks) {
    this.#callbacks = callbacks;
  }

  event(event: RunEvent): void {
    this.#guard(() => this.#callbacks.onEvent?.(event));
  }

  output(stepKey: StepKey, stream: PipesStream, text: string): void {
    const { onOutput } = this.#callbacks;
    if (onOutput === undefined) process[stream].write(text);
    else this.#guard(() => onOutput(stepKey, stream, text));
  }

  /** @throws what a callback threw */
  rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #guard(call: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      call();
    } catch (error) {
      this.#failure = { error };
    }
  }
}
