import { openDagsterPipes, type OpenDagsterPipesOptions } from './open.ts';
import type { PipesContext } from './pipes-context.ts';
import { complain } from './process-end.ts';

/**
 * Opens a session, runs the function and closes the session: with the error and its causes when the function throws.
 * The error goes on to the caller as it is, so that the process fails as it would have.
 *
 * @returns what the function returned
 * @throws what the function threw; what {@link openDagsterPipes} throws; PipesError PIPES_WRITE_FAILED when the function
 * succeeded but the end of it could not be delivered
 */
export async function runDagsterPipes<T>(
  work: (pipes: PipesContext) => T | Promise<T>,
  options: OpenDagsterPipesOptions = {},
): Promise<T> {
  const pipes = await openDagsterPipes(options);
  let result: T;
  try {
    result = await work(pipes);
  } catch (error) {
    await pipes.close(error ?? new Error(`${String(error)} was thrown`)).catch(complain);
    throw error;
  }
  await pipes.close();
  return result;
}
