import { PipesError } from 'pipes-orchestrator';

/** The PipesError that this rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<PipesError> {
  const outcome = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (PipesError.is(outcome)) return outcome;
  throw new Error('It did not reject with a PipesError.', { cause: outcome });
}
