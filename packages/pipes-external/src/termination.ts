const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const PARENT_CHECK_MS = 1000;

/**
 * The wish of somebody else that this process ends: a signal, or that its parent is gone.
 *
 * A script that reads {@link signal} takes over and ends by itself; a second signal then ends it as ever. Where it has
 * not, and nobody else listens, the process dies of the signal as it would have without us.
 */
export class Termination {
  readonly #beforeDeath: (signal: NodeJS.Signals) => void;
  readonly #abort = new AbortController();
  readonly #parent = process.ppid;
  #parentCheck: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** @param beforeDeath called right before a signal ends the process; it has to be synchronous */
  constructor(beforeDeath: (signal: NodeJS.Signals) => void) {
    this.#beforeDeath = beforeDeath;
    // First in the row, so that whoever counts the other listeners finds what would be there without us.
    for (const signal of SIGNALS) process.prependListener(signal, this.#onSignal);
  }

  /** Reading it takes over termination. Once stopped, it stays what it is. */
  get signal(): AbortSignal {
    if (!this.#isStopped) this.#parentCheck ??= setInterval(() => this.#checkParent(), PARENT_CHECK_MS).unref();
    return this.#abort.signal;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#parentCheck);
    for (const signal of SIGNALS) process.removeListener(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const isTakenOver = this.#parentCheck !== undefined && !this.#abort.signal.aborted;
    this.#abort.abort(new Error(`${signal} was received`));
    // The first process of a container does not die of a signal: the system ignores what has no handler.
    if (isTakenOver || process.pid === 1) return;
    process.removeListener(signal, this.#onSignal);
    if (process.listenerCount(signal) > 0) return;
    this.#beforeDeath(signal);
    process.kill(process.pid, signal);
  };

  #checkParent(): void {
    if (process.ppid !== this.#parent) this.#abort.abort(new Error('the process that launched this one is gone'));
  }
}
