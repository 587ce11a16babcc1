import { isJsonObject, type JsonValue } from './json.ts';
import {
  inferMetadataValue,
  type Metadata,
  MetadataValue,
  type AnyMetadataValue,
  parseMetadataValue,
  toWireMetadataValue,
  type WireMetadata,
} from './metadata-value.ts';
import { toJsonValue } from './to-json-value.ts';

/**
 * What a script may pass as metadata: a {@link MetadataValue}, an explicit `{ type, rawValue }` (or `raw_value`, as in
 * Dagster's guide), or any JavaScript value.
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
 * | array, plain object, Map, Set, Uint8Array, class instance, Error | `json`, see `toJsonValue` |
 * | function, symbol | left out with a warning |
 */
export function normalizeMetadata(input: MetadataInput): NormalizedMetadata {
  const metadata: Record<string, AnyMetadataValue> = {};
  const warnings: string[] = [];
  for (const key of Object.keys(input)) {
    const warn = (problem: string): void => void warnings.push(`metadata ${JSON.stringify(key)} ${problem}`);
    try {
      const value = normalizeValue(input[key], warn);
      if (value !== undefined) define(metadata, key, value);
    } catch (error) {
      warn(`was left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { metadata, warnings };
}

/** Typed metadata as it travels. An empty one is sent as null, as Python does. */
export function toWireMetadata(metadata: Metadata): WireMetadata | null {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return null;
  return Object.fromEntries(entries.map(([key, value]) => [key, toWireMetadataValue(value)]));
}

type Warn = (problem: string) => void;

function normalizeValue(value: unknown, warn: Warn): AnyMetadataValue | undefined {
  if (value === undefined) return undefined;
  if (MetadataValue.is(value)) return recheck(value, warn);
  if (value instanceof URL) return MetadataValue.url(value);
  if (value instanceof Date) return fromDate(value, warn);
  if (typeof value === 'function' || typeof value === 'symbol') {
    warn(`was left out: a ${typeof value} cannot be reported`);
    return undefined;
  }
  const explicit = explicitType(value);
  if (explicit !== undefined) return accept(explicit.type, toJsonValue(explicit.raw, warn), warn);
  return inferMetadataValue(toJsonValue(value, warn));
}

/** A typed value may hold anything at run time: what it holds is made JSON and judged against its type. */
function recheck(value: AnyMetadataValue, warn: Warn): AnyMetadataValue | undefined {
  const wire = toWireMetadataValue(value);
  return accept(wire.type, toJsonValue(wire.raw_value, warn), warn);
}

function accept(type: string, raw: JsonValue, warn: Warn): AnyMetadataValue | undefined {
  const parsed = parseMetadataValue(type, raw);
  if (!('problem' in parsed)) return parsed;
  warn(`was left out: ${parsed.problem}`);
  return undefined;
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

function define(target: Record<string, AnyMetadataValue>, key: string, value: AnyMetadataValue): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
