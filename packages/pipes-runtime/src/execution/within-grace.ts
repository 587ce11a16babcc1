interface Grace {
  /** From its abort on the time runs. */
  readonly signal: AbortSignal;
  /** At most {@link LONGEST_TIMER_MS}. */
  readonly graceMs: number;
  readonly tooLate: () => Error;
}

/**
 * Waits for work that was asked to stop by the signal, but not for ever.
 *
 * @throws what `tooLate` gives when the work is not over that long after the signal; it may then still go on
 */
export function withinGrace<T>(work: Promise<T>, { signal, graceMs, tooLate }: Grace): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const startTimer = (): void => {
      timer = setTimeout(() => reject(tooLate()), graceMs);
    };
    const stopTimer = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', startTimer);
    };
    if (signal.aborted) startTimer();
    else signal.addEventListener('abort', startTimer, { once: true });
    work.finally(stopTimer).then(resolve, reject);
  });
}
