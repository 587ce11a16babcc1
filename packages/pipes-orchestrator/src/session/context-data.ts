import {
  type JsonObject,
  type JsonValue,
  parseContextData,
  type PipesContextData,
  PipesError,
  type PipesTimeWindow,
  toAssetKeyString,
  toJsonValue,
} from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from '../errors.ts';
import type { PipesExecutionContext } from '../execution-context.ts';
import { wrongOption } from '../judge-option.ts';
import { reasonOf } from '../reason.ts';

/**
 * What the external process is told, as it travels. Code versions and provenance are of the step's own assets only.
 *
 * @throws PipesError PIPES_OPTION_INVALID naming what is wrong in the context
 */
export function toContextData(context: PipesExecutionContext, extras: JsonObject): PipesContextData {
  try {
    return parseContextData({ ...collect(context), extras } as unknown as JsonValue);
  } catch (cause) {
    throw new PipesError<OrchestratorErrorCode>(
      'PIPES_OPTION_INVALID',
      `Cannot open a Pipes session: the option "context" is wrong. ${reasonOf(cause)}`,
      { cause },
    );
  }
}

function collect(context: PipesExecutionContext): Omit<PipesContextData, 'extras'> {
  const keys = assetKeyStrings(context.assetKeys ?? []);
  const { partitionKey, partitionKeyRange, partitionTimeWindow } = context;
  const impliedRange = partitionKey === undefined ? null : { start: partitionKey, end: partitionKey };
  return {
    asset_keys: keys,
    code_version_by_asset_key: pick(keys, context.codeVersions),
    provenance_by_asset_key: pick(keys, context.provenance),
    partition_key: partitionKey ?? null,
    partition_key_range: partitionKeyRange ?? impliedRange,
    partition_time_window: partitionTimeWindow === undefined ? null : toTimeWindow(partitionTimeWindow),
    run_id: context.runId,
    job_name: context.jobName ?? null,
    retry_number: context.retryNumber ?? 0,
  };
}

/** Sorted and each once, as Python's are; null where a step makes no assets. */
function assetKeyStrings(keys: readonly (string | readonly string[])[]): readonly string[] | null {
  if (keys.length === 0) return null;
  return [...new Set(keys.map((key) => (typeof key === 'string' ? key : toAssetKeyString(key))))].toSorted();
}

function pick<T>(
  keys: readonly string[] | null,
  values: Readonly<Record<string, T>> = {},
): Readonly<Record<string, T | null>> | null {
  if (keys === null) return null;
  return Object.fromEntries(keys.map((key) => [key, Object.hasOwn(values, key) ? (values[key] as T) : null]));
}

function toTimeWindow({ start, end }: { readonly start: Date; readonly end: Date }): PipesTimeWindow {
  return { start: toIsoFormat(start), end: toIsoFormat(end) };
}

/** As Python's `isoformat()` of a time in UTC: no fraction where there is none, else microseconds. */
function toIsoFormat(date: Date): string {
  const [seconds, milliseconds] = date.toISOString().slice(0, -1).split('.');
  return milliseconds === '000' ? `${seconds}+00:00` : `${seconds}.${milliseconds}000+00:00`;
}

/**
 * Extras as JSON: other values are converted as `toJsonValue` says, each with a warning where something is lost.
 *
 * @throws PipesError PIPES_OPTION_INVALID when they are not an object
 */
export function toExtras(extras: unknown, warn: (problem: string) => void): JsonObject {
  const json = toJsonValue(extras ?? {}, (problem) => warn(`The extras of a Pipes session: a value ${problem}.`));
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw wrongOption('Cannot open a Pipes session', 'extras', 'an object of names and values', json);
}
