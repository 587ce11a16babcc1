import { readFile } from 'node:fs/promises';
import type { ExternalErrorCode } from '../errors.ts';
import {
  isJsonObject,
  type JsonValue,
  parseContextData,
  parseWireJson,
  PipesError,
  type PipesContextData,
  type PipesParams,
} from '../protocol/index.ts';
import { PipesContextLoader } from './context-loader.ts';

/** Loads the context from the file that `path` names, or takes it from `data`. A path wins, as in Python. */
export class PipesDefaultContextLoader extends PipesContextLoader {
  override async loadContext(params: PipesParams): Promise<PipesContextData> {
    const { path, data } = params as { readonly path?: JsonValue; readonly data?: JsonValue };
    if (typeof path === 'string') return await loadFile(path);
    if (path !== undefined) throw invalidParams('"path" is not a string');
    if (isJsonObject(data)) return parseContextData(data);
    if (data !== undefined) throw invalidParams('"data" is not an object');
    throw invalidParams(
      `they hold neither "path" nor "data" but ${JSON.stringify(Object.keys(params))}: pass the contextLoader that belongs to the orchestrator's injector`,
    );
  }
}

async function loadFile(path: string): Promise<PipesContextData> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fail(
      'PIPES_CONTEXT_UNREADABLE',
      `Cannot read the Pipes context from ${path}: ${messageOf(error)}. The launching side writes it: is it reachable from here, and is its session still open?`,
      error,
    );
  });
  let json: JsonValue;
  try {
    json = parseWireJson(text);
  } catch (error) {
    throw fail(
      'PIPES_CONTEXT_INVALID',
      `Cannot read the Pipes context from ${path}: it is not JSON (${messageOf(error)}). The launching side writes it: was it cut off?`,
      error,
    );
  }
  return parseContextData(json);
}

function invalidParams(problem: string): PipesError {
  return fail('PIPES_PARAMS_INVALID', `Cannot load the Pipes context from its params: ${problem}.`);
}

function fail(code: ExternalErrorCode, message: string, cause?: unknown): PipesError {
  return new PipesError(code, message, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
