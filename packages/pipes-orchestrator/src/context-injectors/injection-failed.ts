import { PipesError } from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from '../errors.ts';

/** A context that could not be put where the external process reads it. */
export function injectionFailed(message: string, cause?: unknown): PipesError<OrchestratorErrorCode> {
  return new PipesError('PIPES_INJECTION_FAILED', message, { cause });
}
