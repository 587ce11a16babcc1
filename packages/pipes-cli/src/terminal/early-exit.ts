import { writeSync } from 'node:fs';
import type { StepKey } from 'pipes-runtime';
import type { CliErrorCode } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { toJsonLine } from '../render/json-line.ts';

/** What Node ends with when a promise that the main module awaits can never settle. */
const NEVER_SETTLES = 13;

/** Ours: they were announced. */
const INTERRUPTED: readonly number[] = [EXIT.interrupted, EXIT.terminated, EXIT.hungUp, EXIT.brokenPipe];

/**
 * While it is held, a process that ends is one that ends too early: the user's code has called `process.exit()`, or waits
 * for what never comes. Then it says so, and sees that the exit code is not that of a success.
 */
export class EarlyExit implements Disposable {
  readonly #isJson: boolean;
  readonly #inFlight: () => readonly StepKey[] | undefined;

  /** @param inFlight the steps that run right now; undefined before the run has begun */
  constructor(isJson: boolean, inFlight: () => readonly StepKey[] | undefined) {
    this.#isJson = isJson;
    this.#inFlight = inFlight;
    process.on('exit', this.#onExit);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#onExit);
  }

  readonly #onExit = (code: number): void => {
    if (INTERRUPTED.includes(code)) return;
    if (code === EXIT.success || code === NEVER_SETTLES) process.exitCode = EXIT.runFailed;
    const message = describeEnd(code, this.#inFlight());
    // Nothing asynchronous can run any more.
    writeSync(2, `${message} [${'PIPES_ENDED_EARLY' satisfies CliErrorCode}]\n`);
    if (this.#isJson) writeSync(1, `${toJsonLine({ type: 'ERROR', code: 'PIPES_ENDED_EARLY', message })}\n`);
  };
}

function describeEnd(code: number, steps: readonly StepKey[] | undefined): string {
  const where =
    steps === undefined
      ? 'while the module was loading'
      : `while ${steps.length === 0 ? 'no step ran' : `these steps ran: ${steps.join(', ')}`}`;
  return code === NEVER_SETTLES
    ? `Something never settles, and nothing is left that could end it, ${where}. Look for a promise that nobody resolves.`
    : `The process was ended with code ${code} from inside, ${where}. Your code must not call process.exit(): throw instead.`;
}
