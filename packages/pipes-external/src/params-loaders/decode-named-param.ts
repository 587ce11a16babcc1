import type { ExternalErrorCode } from '../errors.ts';
import { decodeParam, PipesError, type PipesParams } from '../protocol/index.ts';

/**
 * Decodes a bootstrap word that was looked up by name.
 *
 * @param where what was searched, for the error: `the environment`
 * @throws PipesError PIPES_PARAMS_INVALID also when the word is missing
 */
export function decodeNamedParam(word: unknown, name: string, where: string): PipesParams {
  if (typeof word === 'string') return decodeParam(word, name);
  const problem = word === undefined ? `is not in ${where}` : `in ${where} is not a string but ${typeof word}`;
  throw new PipesError<ExternalErrorCode>(
    'PIPES_PARAMS_INVALID',
    `Cannot open Pipes: ${name} ${problem}. The launching side must hand over both bootstrap values that getBootstrapEnvVars() returns.`,
  );
}
