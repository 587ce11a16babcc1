import type { ExternalErrorCode } from './errors.ts';
import { openDagsterPipes, type OpenDagsterPipesOptions } from './open.ts';
import { PipesContext } from './pipes-context.ts';
import { PipesError } from './protocol/index.ts';
import { complain } from './process-end.ts';

/**
 * Opens a session, runs the function and closes the session: with the error and its causes when the function throws.
 * The error goes on to the caller as it is, so that the process fails as it would have. Where a session is open already,
 * the function works in that one, and whoever opened it closes it.
 *
 * @returns what the function returned
 * @throws what the function threw; what {@link openDagsterPipes} throws; PipesError PIPES_WRITE_FAILED when the function
 * succeeded but the end of it could not be delivered
 */
export async function runDagsterPipes<T>(
  work: (pipes: PipesContext) => T | Promise<T>,
  options: OpenDagsterPipesOptions = {},
): Promise<T> {
  const isGuest = PipesContext.isInitialized();
  const pipes = await openDagsterPipes(options);
  if (isGuest) return await work(pipes);
  const onStranded = (): void => void pipes.close(stranded());
  // Before whatever else takes an empty event loop for a natural end.
  if (options.mode !== 'off') process.prependListener('beforeExit', onStranded);
  let result: T;
  try {
    result = await work(pipes);
  } catch (error) {
    await pipes.close(error ?? new Error(`${String(error)} was thrown`)).catch(complain);
    throw error;
  } finally {
    process.removeListener('beforeExit', onStranded);
  }
  await pipes.close();
  return result;
}

function stranded(): PipesError<ExternalErrorCode> {
  return new PipesError(
    'PIPES_TERMINATED',
    'The process had nothing left to do while the function of runDagsterPipes() was still waiting: what it awaits can never happen.',
  );
}
