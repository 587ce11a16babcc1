import { isJsonObject, JsonFloat, type JsonValue, setKey } from './json.ts';
import { type AnyMetadataValue, type Metadata, type MetadataTypes, MetadataValue } from './metadata-value.ts';
import { toJsonValue, whyNotJson } from './to-json-value.ts';
import { inferMetadataValue, parseMetadataValue, toWireMetadataValue } from './wire-metadata.ts';

/**
 * What a script may pass as metadata: a {@link MetadataValue}, an explicit `{ type, rawValue }` (or `raw_value`, as in
 * Dagster's guide), or any JavaScript value. A lineage may be spelled as on the wire or as in {@link MetadataTypes}.
 */
export type MetadataInput = Readonly<Record<string, unknown>>;

export interface NormalizedMetadata {
  readonly metadata: Metadata;
  /** One sentence for each key that was left out or changed. */
  readonly warnings: readonly string[];
}

/**
 * Turns whatever a script passes into typed values. Total: it never throws, and a value that cannot be carried costs its
 * own key, with a warning.
 *
 * | value | becomes |
 * |---|---|
 * | string | `text` |
 * | safe integer, `bigint` | `int`, exact |
 * | other number, NaN, ±Infinity | `float` |
 * | boolean | `bool` |
 * | null | `null` |
 * | undefined | left out, without a warning |
 * | Date | `timestamp`; an invalid one is left out with a warning |
 * | URL | `url` |
 * | array, plain object, Map, Set, class instance, Error | `json`, see `toJsonValue` |
 * | Uint8Array, RegExp, a boxed scalar, and an object whose `toJSON` gives a scalar | as the text or scalar that `toJsonValue` gives |
 * | function, symbol, Promise, `bigint` of more than 4,300 digits | left out with a warning |
 * | a `MetadataValue`, or an explicit type | that type, once its value was judged; left out with a warning when it does not fit |
 * | type `json` with a number or boolean | `int`, `float` or `bool`: Dagster refuses such JSON |
 */
export function normalizeMetadata(input: MetadataInput): NormalizedMetadata {
  const metadata: Record<string, AnyMetadataValue> = {};
  const warnings: string[] = [];
  for (const key of keysOf(input, warnings)) {
    const warn = (problem: string): void => void warnings.push(`metadata ${JSON.stringify(key)} ${problem}`);
    try {
      const value = normalizeValue(input[key], warn);
      if (value !== undefined) setKey(metadata, key, value);
    } catch (error) {
      warn(`was left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { metadata, warnings };
}

function keysOf(input: unknown, warnings: string[]): readonly string[] {
  if (input === null || input === undefined) return [];
  if (typeof input === 'object' && !(Symbol.iterator in input)) return Object.keys(input);
  warnings.push('metadata was left out: it must be an object of names and values');
  return [];
}

type Warn = (problem: string) => void;

function normalizeValue(value: unknown, warn: Warn): AnyMetadataValue | undefined {
  if (value === undefined) return undefined;
  if (MetadataValue.is(value)) return recheck(value, warn);
  if (value instanceof URL) return MetadataValue.url(value);
  if (value instanceof Date) return fromDate(value, warn);
  const flaw = whyNotJson(value);
  if (flaw !== undefined) {
    warn(`was left out: it is ${flaw}`);
    return undefined;
  }
  const explicit = explicitType(value);
  if (explicit === undefined) return inferMetadataValue(toJsonValue(value, warn));
  const { type, raw } = explicit;
  if (type === 'table_column_lineage' && isLineage(raw)) return recheck(MetadataValue.tableColumnLineage(raw), warn);
  return accept(type, toJsonValue(raw, warn), warn);
}

function isLineage(raw: unknown): raw is MetadataTypes['table_column_lineage'] {
  return isJsonObject(raw) && isJsonObject(raw['depsByColumn']);
}

/** A typed value may hold anything at run time: what it holds is made JSON and judged against its type. */
function recheck(value: AnyMetadataValue, warn: Warn): AnyMetadataValue | undefined {
  const wire = toWireMetadataValue(value);
  return accept(wire.type, toJsonValue(wire.raw_value, warn), warn);
}

function accept(type: string, raw: JsonValue, warn: Warn): AnyMetadataValue | undefined {
  const parsed = type === 'json' && isBareScalar(raw) ? inferMetadataValue(raw) : parseMetadataValue(type, raw);
  if (!('problem' in parsed)) return parsed;
  warn(`was left out: ${parsed.problem}`);
  return undefined;
}

/** What Dagster refuses as `json`. */
function isBareScalar(raw: JsonValue): boolean {
  return typeof raw === 'number' || typeof raw === 'bigint' || typeof raw === 'boolean' || raw instanceof JsonFloat;
}

function fromDate(date: Date, warn: Warn): AnyMetadataValue | undefined {
  if (!Number.isNaN(date.getTime())) return MetadataValue.timestamp(date);
  warn('was left out: it is an invalid Date');
  return undefined;
}

function explicitType(value: unknown): { readonly type: string; readonly raw: unknown } | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== 2 || typeof value['type'] !== 'string') return undefined;
  if ('rawValue' in value) return { type: value['type'], raw: value['rawValue'] };
  return 'raw_value' in value ? { type: value['type'], raw: value['raw_value'] } : undefined;
}
