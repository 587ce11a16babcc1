import { deflateSync, inflateSync } from 'node:zlib';
import type { ProtocolErrorCode } from './errors.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { PipesError } from './pipes-error.ts';
import { parseWireJson, stringifyWireJson } from './wire-json.ts';

/** Parameters that say where something is: the context, or the place for messages. Their keys depend on the transport. */
export type PipesParams = JsonObject;

/** Names of the two bootstrap values, in the environment and in any other mapping. */
export const DAGSTER_PIPES_CONTEXT_ENV_VAR = 'DAGSTER_PIPES_CONTEXT';
export const DAGSTER_PIPES_MESSAGES_ENV_VAR = 'DAGSTER_PIPES_MESSAGES';

/** The same two as command-line flags. */
export const DAGSTER_PIPES_CONTEXT_CLI_ARGUMENT = '--dagster-pipes-context';
export const DAGSTER_PIPES_MESSAGES_CLI_ARGUMENT = '--dagster-pipes-messages';

const MAX_DECODED_BYTES = 64 * 1024 * 1024;

/** Params as one opaque word: base64(zlib(utf8(json))), pipes-protocol.md §1.2. */
export function encodeParam(params: PipesParams): string {
  return deflateSync(stringifyWireJson(params)).toString('base64');
}

/**
 * The reverse of {@link encodeParam}, for words of any Pipes library.
 *
 * @param name how the caller knows the word (`DAGSTER_PIPES_CONTEXT`), for the error
 * @throws PipesError PIPES_PARAMS_INVALID, naming the layer that is broken
 */
export function decodeParam(word: string, name = 'bootstrap parameter'): PipesParams {
  const compressed = Buffer.from(word.trim(), 'base64');
  if (compressed.length === 0) throw invalid(name, 'it is empty or not base64');
  const json = attempt(name, 'it cannot be inflated as zlib data', () =>
    inflateSync(compressed, { maxOutputLength: MAX_DECODED_BYTES }).toString('utf8'),
  );
  const params = attempt(name, 'it does not hold JSON', () => parseWireJson(json));
  if (!isJsonObject(params)) throw invalid(name, 'it holds JSON that is not an object');
  return params;
}

function attempt<T>(name: string, problem: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw invalid(name, `${problem} (${error instanceof Error ? error.message : String(error)})`, error);
  }
}

function invalid(name: string, problem: string, cause?: unknown): PipesError<ProtocolErrorCode> {
  return new PipesError(
    'PIPES_PARAMS_INVALID',
    `Cannot decode ${name}: ${problem}. It must be base64 of zlib of a JSON object, as getBootstrapEnvVars() of the launching side makes it.`,
    { cause },
  );
}
