import { PipesError } from 'pipes-external/protocol';
import type { CliErrorCode } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/**
 * A terminal sends Ctrl-C to all processes in front, and npm passes it on as well: what comes this soon is the same one.
 */
const SAME_PRESS_MS = 200;

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hungUp } as const;
type StopSignal = keyof typeof CODES;
const SIGNALS = Object.keys(CODES) as StopSignal[];

/**
 * While it is held, the first of these aborts the signal, so that what runs can end cleanly: Ctrl-C, SIGTERM or SIGHUP; a
 * reader of our output that went away; an error that nobody caught. The message of the reason says which. The next of
 * Ctrl-C, SIGTERM and SIGHUP ends the process at once.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  #exitCode: ExitCode | null = null;
  #uncaught: PipesError<CliErrorCode> | null = null;
  #at = 0;

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#onSignal);
    process.on('uncaughtException', this.#onUncaught);
    process.stdout.on('error', this.#onLostReader);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the process should end with, when it was interrupted. */
  get exitCode(): ExitCode | null {
    return this.#exitCode;
  }

  /** The first error that nobody caught. Later ones are mostly its echoes. */
  get uncaught(): PipesError<CliErrorCode> | null {
    return this.#uncaught;
  }

  /** The outcome of the work; undefined when the interruption comes first: the work is not waited for then. */
  async race<T>(work: Promise<T>): Promise<T | undefined> {
    const { promise: interrupted, resolve } = Promise.withResolvers<undefined>();
    this.signal.addEventListener('abort', () => resolve(undefined));
    return Promise.race([work, interrupted]);
  }

  [Symbol.dispose](): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal);
    process.off('uncaughtException', this.#onUncaught);
    process.stdout.off('error', this.#onLostReader);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (this.#exitCode === null) {
      this.#at = now;
      this.#abort(CODES[name as StopSignal], withoutStack(name));
    } else if (now - this.#at > SAME_PRESS_MS) {
      process.exit(CODES[name as StopSignal]);
    }
  };

  /** Node hands rejections that nobody handles over here, too. */
  readonly #onUncaught = (error: unknown): void => {
    this.#uncaught ??= uncaughtError(error);
    this.#abort(EXIT.runFailed, this.#uncaught);
  };

  readonly #onLostReader = (): void => this.#abort(EXIT.brokenPipe, withoutStack('nobody reads the output any more'));

  #abort(exitCode: ExitCode, reason: Error): void {
    if (this.#exitCode !== null) return;
    this.#exitCode = exitCode;
    this.#controller.abort(reason);
  }
}

/** It becomes the cause of what the user is shown. Where in here it was made says nothing. */
function withoutStack(message: string): Error {
  const error = new Error(message);
  error.stack = `Error: ${message}`;
  return error;
}

function uncaughtError(cause: unknown): PipesError<CliErrorCode> {
  const where = 'outside any step: in a timer, an event handler, or a promise that nobody awaits';
  return new PipesError('PIPES_ERROR_UNCAUGHT', `An error that nobody caught, ${where}: ${String(cause)}`, { cause });
}
