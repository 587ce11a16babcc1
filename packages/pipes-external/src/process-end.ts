import { writeSync } from 'node:fs';
import type { ExternalErrorCode } from './errors.ts';
import type { Surroundings } from './live-context.ts';
import { PipesError } from './protocol/index.ts';
import { Termination } from './termination.ts';

/** What has to be told about the end of the process. */
export interface Ending {
  close(error?: unknown): Promise<void>;
  closeNow(error?: unknown): void;
  /** Whether {@link closeNow} is enough. */
  readonly canCloseAtExit: boolean;
}

/**
 * Sees to it that a session which is still open when the process ends is closed, with the reason where the end is not a
 * success. How the process ends, and with which code, stays what it was.
 */
export class ProcessEnd implements Surroundings {
  readonly #ending: Ending;
  readonly #onStopped: () => void;
  readonly #termination: Termination;
  #uncaught: { readonly error: unknown } | undefined;

  constructor(ending: Ending, onStopped: () => void) {
    this.#ending = ending;
    this.#onStopped = onStopped;
    this.#termination = new Termination((signal) => this.#closeNow(terminated(`was ended by ${signal}`)));
    process.on('uncaughtExceptionMonitor', this.#onUncaught);
    process.on('beforeExit', this.#onBeforeExit);
    process.on('exit', this.#onExit);
  }

  get signal(): AbortSignal {
    return this.#termination.signal;
  }

  get failure(): unknown {
    const code = Number(process.exitCode ?? 0);
    return this.#reason(code, `set its exit code to ${code}`);
  }

  stop(): void {
    this.#termination.stop();
    process.removeListener('uncaughtExceptionMonitor', this.#onUncaught);
    process.removeListener('beforeExit', this.#onBeforeExit);
    process.removeListener('exit', this.#onExit);
    this.#onStopped();
  }

  readonly #onUncaught = (error: unknown): void => {
    this.#uncaught = { error };
  };

  /** The last turn in which a remote channel can send. A failure here is an unhandled rejection. */
  readonly #onBeforeExit = (code: number): void => {
    if (!this.#ending.canCloseAtExit) void this.#ending.close(this.#reason(code));
  };

  readonly #onExit = (code: number): void => this.#closeNow(this.#reason(code));

  #reason(code: number, how = `exited with code ${code}`): unknown {
    if (code === 0) return undefined;
    return this.#uncaught === undefined ? terminated(how) : this.#uncaught.error;
  }

  #closeNow(reason: unknown): void {
    try {
      this.#ending.closeNow(reason);
    } catch (error) {
      complain(error);
    }
  }
}

/** Says on stderr what can no longer be thrown. */
export function complain(error: unknown): void {
  try {
    writeSync(2, `pipes-external: ${error instanceof Error ? error.message : String(error)}\n`);
  } catch {
    // stderr is gone as well: there is nobody left to tell.
  }
}

function terminated(how: string): PipesError<ExternalErrorCode> {
  return new PipesError('PIPES_TERMINATED', `The process ${how} before it closed its Pipes session.`);
}
