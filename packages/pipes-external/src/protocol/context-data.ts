import type { ProtocolErrorCode } from './errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { PipesError } from './pipes-error.ts';

/** What an asset was last made from. */
export interface PipesDataProvenance {
  readonly code_version: string;
  readonly input_data_versions: Readonly<Record<string, string>>;
  readonly is_user_provided: boolean;
}

export interface PipesPartitionKeyRange {
  readonly start: string;
  readonly end: string;
}

/** ISO-8601 with an offset, `2024-01-01T00:00:00+00:00`; the end is exclusive. */
export interface PipesTimeWindow {
  readonly start: string;
  readonly end: string;
}

/** The context payload, in wire spelling: all ten keys, null where there is nothing (pipes-protocol.md §2). */
export interface PipesContextData {
  readonly asset_keys: readonly string[] | null;
  readonly code_version_by_asset_key: Readonly<Record<string, string | null>> | null;
  readonly provenance_by_asset_key: Readonly<Record<string, PipesDataProvenance | null>> | null;
  readonly partition_key: string | null;
  readonly partition_key_range: PipesPartitionKeyRange | null;
  readonly partition_time_window: PipesTimeWindow | null;
  readonly run_id: string;
  readonly job_name: string | null;
  readonly retry_number: number;
  readonly extras: JsonObject;
}

type Check = (value: JsonValue | undefined) => boolean;

const isString: Check = (value) => typeof value === 'string';
const recordOf =
  (check: Check): Check =>
  (value) =>
    isJsonObject(value) && Object.values(value).every(check);
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || value === undefined || check(value);
const isRange: Check = (value) => isJsonObject(value) && isString(value['start']) && isString(value['end']);
const isProvenance: Check = (value) =>
  isJsonObject(value) &&
  isString(value['code_version']) &&
  recordOf(isString)(value['input_data_versions']) &&
  typeof value['is_user_provided'] === 'boolean';

/** What each key must be, and how to say so. */
const FIELDS: Readonly<Record<keyof PipesContextData, readonly [check: Check, expected: string]>> = {
  asset_keys: [nullable((value) => Array.isArray(value) && value.every(isString)), 'a list of strings or null'],
  code_version_by_asset_key: [nullable(recordOf(nullable(isString))), 'an object of strings or nulls, or null'],
  provenance_by_asset_key: [
    nullable(recordOf(nullable(isProvenance))),
    'an object of provenance objects or nulls, or null',
  ],
  partition_key: [nullable(isString), 'a string or null'],
  partition_key_range: [nullable(isRange), 'an object with the strings "start" and "end", or null'],
  partition_time_window: [nullable(isRange), 'an object with the strings "start" and "end", or null'],
  run_id: [isString, 'a string'],
  job_name: [nullable(isString), 'a string or null'],
  retry_number: [nullable((value) => Number.isSafeInteger(value)), 'an integer'],
  extras: [nullable(isJsonObject), 'an object'],
};

/**
 * Judges a context payload from outside, once. Unknown keys are ignored and an absent key is read as null, as Python's
 * library does; `retry_number` is then 0 and `extras` empty.
 *
 * @throws PipesError PIPES_CONTEXT_INVALID naming every field that is wrong
 */
export function parseContextData(value: JsonValue): PipesContextData {
  if (!isJsonObject(value)) throw invalid('it is not a JSON object');
  const wrong = Object.entries(FIELDS)
    .filter(([key, [check]]) => !check(value[key]))
    .map(([key, [, expected]]) => `"${key}" must be ${expected}`);
  if (wrong.length > 0) throw invalid(wrong.join('; '));
  const given = value as unknown as Partial<PipesContextData> & Pick<PipesContextData, 'run_id'>;
  return {
    asset_keys: given.asset_keys ?? null,
    code_version_by_asset_key: given.code_version_by_asset_key ?? null,
    provenance_by_asset_key: given.provenance_by_asset_key ?? null,
    partition_key: given.partition_key ?? null,
    partition_key_range: given.partition_key_range ?? null,
    partition_time_window: given.partition_time_window ?? null,
    run_id: given.run_id,
    job_name: given.job_name ?? null,
    retry_number: given.retry_number ?? 0,
    extras: given.extras ?? {},
  };
}

function invalid(problem: string): PipesError<ProtocolErrorCode> {
  return new PipesError(
    'PIPES_CONTEXT_INVALID',
    `The Pipes context is not usable: ${problem}. The launching side writes it.`,
  );
}
