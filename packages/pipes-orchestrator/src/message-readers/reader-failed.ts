import { PipesError } from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from '../errors.ts';

/** The place for messages could not be opened. */
export function readerFailed(message: string, cause?: unknown): PipesError<OrchestratorErrorCode> {
  return new PipesError('PIPES_READER_FAILED', message, { cause });
}
