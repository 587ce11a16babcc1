import { EXIT, type ExitCode } from '../exit-codes.ts';

/**
 * A terminal sends Ctrl-C to all processes in front, and npm passes it on as well: what comes this soon is the same one.
 */
const SAME_PRESS_MS = 200;

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hungUp } as const;
type StopSignal = keyof typeof CODES;
const SIGNALS = Object.keys(CODES) as StopSignal[];

/**
 * While it is held: the first Ctrl-C, SIGTERM or SIGHUP, or a reader of our output that went away, aborts the signal, so
 * that what runs can end cleanly. The second signal ends the process at once.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #onFirst: (signal: StopSignal) => void;
  #exitCode: ExitCode | null = null;
  #at = 0;

  constructor(onFirst: (signal: StopSignal) => void) {
    this.#onFirst = onFirst;
    for (const name of SIGNALS) process.on(name, this.#onSignal);
    process.stdout.on('error', this.#onLostReader);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the process should end with, when it was interrupted. */
  get exitCode(): ExitCode | null {
    return this.#exitCode;
  }

  [Symbol.dispose](): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal);
    process.stdout.off('error', this.#onLostReader);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (this.#exitCode === null) {
      this.#at = now;
      this.#abort(CODES[name as StopSignal], name);
      this.#onFirst(name as StopSignal);
    } else if (now - this.#at > SAME_PRESS_MS) {
      process.exit(CODES[name as StopSignal]);
    }
  };

  readonly #onLostReader = (): void => {
    if (this.#exitCode === null) this.#abort(EXIT.brokenPipe, 'nobody reads the output any more');
  };

  #abort(exitCode: ExitCode, reason: string): void {
    this.#exitCode = exitCode;
    const error = new Error(reason);
    // It becomes the cause of what the user is shown. Where in here it was made says nothing.
    error.stack = `Error: ${reason}`;
    this.#controller.abort(error);
  }
}
