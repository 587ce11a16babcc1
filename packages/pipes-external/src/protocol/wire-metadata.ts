import { isJsonObject, JsonFloat, type JsonObject, type JsonValue, setKey } from './json.ts';
import {
  type AnyMetadataValue,
  type Metadata,
  type MetadataType,
  type MetadataTypes,
  MetadataValue,
  type TableColumnConstraints,
  type TableColumnDep,
} from './metadata-value.ts';

/** A metadata value on the wire. */
export interface WireMetadataValue {
  readonly type: string;
  readonly raw_value: JsonValue;
}

export type WireMetadata = Readonly<Record<string, WireMetadataValue>>;

/** The type a value has on the wire when its writer left it to the reader to infer. */
export const INFERRED_METADATA_TYPE = '__infer__';

/** A typed value as it travels. */
export function toWireMetadataValue(metadata: AnyMetadataValue): WireMetadataValue {
  switch (metadata.type) {
    case 'float':
    case 'timestamp':
      return { type: metadata.type, raw_value: new JsonFloat(metadata.value) };
    case 'int':
      return { type: metadata.type, raw_value: toWireInteger(metadata.value) };
    case 'table_column_lineage':
      return { type: metadata.type, raw_value: { deps_by_column: toWireLineage(metadata.value.depsByColumn) } };
    case 'table':
    case 'table_schema':
      return { type: metadata.type, raw_value: metadata.value as unknown as JsonObject };
    default:
      return { type: metadata.type, raw_value: metadata.value };
  }
}

/**
 * Judges a value from the wire, or one that a user spelled out with its type.
 *
 * @returns the value, or what is wrong with it
 */
export function parseMetadataValue(type: string, raw: JsonValue): AnyMetadataValue | { readonly problem: string } {
  if (type === INFERRED_METADATA_TYPE) return inferMetadataValue(raw);
  const row = Object.hasOwn(TYPES, type) ? TYPES[type as MetadataType] : undefined;
  if (row === undefined) return { problem: `unknown metadata type ${JSON.stringify(type)}` };
  const value = raw instanceof JsonFloat ? raw.value : raw;
  if (!row.accepts(value)) return { problem: `a value of type "${type}" must be ${row.expected}` };
  return MetadataValue.of(type as MetadataType, row.read(value) as never) as AnyMetadataValue;
}

/** The type that a bare value stands for. Whole numbers are ints; a {@link JsonFloat} is a float. */
export function inferMetadataValue(raw: JsonValue): AnyMetadataValue {
  if (typeof raw === 'string') return MetadataValue.text(raw);
  if (typeof raw === 'bigint') return MetadataValue.int(raw);
  if (typeof raw === 'boolean') return MetadataValue.bool(raw);
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? MetadataValue.int(raw) : MetadataValue.float(raw);
  if (raw === null) return MetadataValue.null();
  return raw instanceof JsonFloat ? MetadataValue.float(raw.value) : MetadataValue.json(raw);
}

/** From 1e21 on, JavaScript writes numbers with an exponent, which Python reads as a float and refuses. */
function toWireInteger(value: number | bigint): number | bigint {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** Typed metadata as it travels. An empty one is sent as null, as Python does. */
export function toWireMetadata(metadata: Metadata): WireMetadata | null {
  const keys = Object.keys(metadata);
  if (keys.length === 0) return null;
  const wire: Record<string, WireMetadataValue> = {};
  for (const key of keys) setKey(wire, key, toWireMetadataValue(metadata[key] as AnyMetadataValue));
  return wire;
}

interface TypeRow {
  readonly accepts: (value: JsonValue) => boolean;
  readonly expected: string;
  /** From the wire form to the form of {@link MetadataTypes}. */
  readonly read: (value: JsonValue) => unknown;
}

const asIs = (value: JsonValue): JsonValue => value;
const isString = (value: JsonValue | undefined): boolean => typeof value === 'string';
const isBoolean = (value: JsonValue): boolean => typeof value === 'boolean';
const isNumber = (value: JsonValue): boolean => typeof value === 'number' || typeof value === 'bigint';
const isCell = (value: JsonValue): boolean => value === null || typeof value !== 'object' || value instanceof JsonFloat;
const isRecord = (value: JsonValue): boolean => isJsonObject(value) && Object.values(value).every(isCell);
const isListOf = (value: JsonValue | undefined, check: (item: JsonValue) => boolean): boolean =>
  Array.isArray(value) && value.every(check);
const isAbsentOr = (value: JsonValue | undefined, check: (value: JsonValue) => boolean): boolean =>
  value === undefined || value === null || check(value);
const CONSTRAINTS: Readonly<Record<keyof TableColumnConstraints, (value: JsonValue) => boolean>> = {
  nullable: isBoolean,
  unique: isBoolean,
  other: (value) => isListOf(value, isString),
};
const isConstraints = (value: JsonValue): boolean =>
  isJsonObject(value) &&
  Object.entries(value).every(
    ([key, constraint]) =>
      Object.hasOwn(CONSTRAINTS, key) && CONSTRAINTS[key as keyof TableColumnConstraints](constraint),
  );
/** Python's reader passes what is in here to constructors that check it. */
const isColumn = (value: JsonValue): boolean =>
  isJsonObject(value) &&
  isString(value['name']) &&
  isString(value['type']) &&
  isAbsentOr(value['description'], isString) &&
  isAbsentOr(value['tags'], (tags) => isJsonObject(tags) && Object.values(tags).every(isString)) &&
  isAbsentOr(value['constraints'], isConstraints);
const isColumnDep = (value: JsonValue): boolean =>
  isJsonObject(value) &&
  isString(value['column_name']) &&
  (isString(value['asset_key']) || isListOf(value['asset_key'], isString));
const isLineage = (value: JsonValue): boolean => {
  const deps = isJsonObject(value) ? value['deps_by_column'] : undefined;
  return isJsonObject(deps) && Object.values(deps).every((each) => isListOf(each, isColumnDep));
};

const text: TypeRow = { accepts: isString, expected: 'a string', read: asIs };

const TYPES: Readonly<Record<MetadataType, TypeRow>> = {
  text,
  url: text,
  path: text,
  notebook: text,
  md: text,
  dagster_run: text,
  asset: text,
  json: { accepts: () => true, expected: 'any JSON', read: asIs },
  int: {
    accepts: (value) => typeof value === 'bigint' || Number.isInteger(value),
    expected: 'an integer',
    read: asIs,
  },
  float: { accepts: isNumber, expected: 'a number', read: Number },
  timestamp: {
    accepts: (value) => isNumber(value) && Number.isFinite(Number(value)),
    expected: 'a finite number of seconds',
    read: Number,
  },
  bool: { accepts: isBoolean, expected: 'true or false', read: asIs },
  null: { accepts: () => true, expected: 'null', read: () => null },
  table: {
    accepts: (value) =>
      isJsonObject(value) && isListOf(value['records'], isRecord) && isListOf(value['schema'], isColumn),
    expected: '{ records: [{ column: scalar }], schema: [{ name, type }] }',
    read: asIs,
  },
  table_schema: {
    accepts: (value) => isJsonObject(value) && isListOf(value['columns'], isColumn),
    expected: '{ columns: [{ name, type }] }',
    read: asIs,
  },
  table_column_lineage: {
    accepts: isLineage,
    expected: '{ deps_by_column: { column: [{ asset_key, column_name }] } }',
    read: (value) => ({ depsByColumn: fromWireLineage(value as unknown as WireLineage) }),
  },
};

interface WireLineage {
  readonly deps_by_column: Readonly<
    Record<string, readonly { asset_key: string | readonly string[]; column_name: string }[]>
  >;
}

function fromWireLineage(wire: WireLineage): Record<string, TableColumnDep[]> {
  return mapValues(wire.deps_by_column, (deps) =>
    deps.map((dep) => ({ assetKey: dep.asset_key, columnName: dep.column_name })),
  );
}

function toWireLineage(deps: MetadataTypes['table_column_lineage']['depsByColumn']): JsonObject {
  return mapValues(deps, (list) => list.map((dep) => ({ asset_key: dep.assetKey, column_name: dep.columnName })));
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
