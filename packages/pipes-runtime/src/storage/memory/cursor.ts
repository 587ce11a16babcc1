import { PipesError } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from '../../errors.ts';

/**
 * The number that a cursor of a storage in memory holds.
 *
 * @throws PipesError PIPES_STORAGE_CONFLICT for text that is no such cursor
 */
export function readCursor(cursor: string): number {
  if (/^\d{1,16}$/.test(cursor)) return Number(cursor);
  throw new PipesError<RuntimeErrorCode>(
    'PIPES_STORAGE_CONFLICT',
    `Cannot read on after ${JSON.stringify(cursor)}: it is no cursor of this storage. Pass on a cursor as a page gave it.`,
  );
}
