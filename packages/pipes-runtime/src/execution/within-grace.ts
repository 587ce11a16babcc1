import { PipesError } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from '../errors.ts';

/**
 * Waits for work that was asked to stop by the signal, but not for ever.
 *
 * @throws PipesError PIPES_RUN_CANCELED when the work is not over that long after the signal; it may then still go on
 */
export function withinGrace<T>(work: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const startTimer = (): void => {
      timer = setTimeout(() => reject(tooLate(graceMs, signal)), graceMs);
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

function tooLate(graceMs: number, signal: AbortSignal): PipesError<RuntimeErrorCode> {
  return new PipesError(
    'PIPES_RUN_CANCELED',
    `The step was asked to stop and did not within ${graceMs} ms: it was given up, and what it still does is not recorded. ` +
      'Let it heed its signal.',
    { cause: signal.reason },
  );
}
