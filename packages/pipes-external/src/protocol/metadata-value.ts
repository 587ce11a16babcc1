import { JsonFloat, isJsonObject, type JsonObject, type JsonValue } from './json.ts';

export interface TableColumnConstraints {
  readonly nullable?: boolean;
  readonly unique?: boolean;
  readonly other?: readonly string[];
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
  readonly constraints?: TableColumnConstraints;
  readonly tags?: Readonly<Record<string, string>>;
}

export type TableCell = string | number | bigint | boolean | null;
export type TableRecord = Readonly<Record<string, TableCell>>;

/** A column of another asset that a column was made from. The key is a string, or its parts where one holds a slash. */
export interface TableColumnDep {
  readonly assetKey: string | readonly string[];
  readonly columnName: string;
}

/** Every type of metadata value, by its name on the wire, with what a value of it holds (pipes-protocol.md §3.4). */
export interface MetadataTypes {
  text: string;
  url: string;
  path: string;
  notebook: string;
  md: string;
  json: JsonValue;
  int: number | bigint;
  float: number;
  bool: boolean;
  /** The id of a run. */
  dagster_run: string;
  /** An asset key; `/` separates its parts. */
  asset: string;
  null: null;
  table: { readonly records: readonly TableRecord[]; readonly schema: readonly TableColumn[] };
  table_schema: { readonly columns: readonly TableColumn[] };
  table_column_lineage: { readonly depsByColumn: Readonly<Record<string, readonly TableColumnDep[]>> };
  /** Seconds since the epoch. */
  timestamp: number;
}

export type MetadataType = keyof MetadataTypes;

/** A metadata value on the wire. */
export interface WireMetadataValue {
  readonly type: string;
  readonly raw_value: JsonValue;
}

export type WireMetadata = Readonly<Record<string, WireMetadataValue>>;

/** The type a value has on the wire when its writer left it to the reader to infer. */
export const INFERRED_METADATA_TYPE = '__infer__';

const BRAND = Symbol.for('pipes.metadata-value');

/**
 * A typed metadata value, `MetadataValue.md('# Report')`. Both ends hold metadata as these; a plain JavaScript value in
 * a report becomes one by `normalizeMetadata`.
 */
export class MetadataValue<T extends MetadataType = MetadataType> {
  readonly type: T;
  readonly value: MetadataTypes[T];

  private constructor(type: T, value: MetadataTypes[T]) {
    this.type = type;
    this.value = value;
  }

  get [BRAND](): true {
    return true;
  }

  /** Works across an ESM and a CJS copy, where `instanceof` does not. */
  static is(value: unknown): value is AnyMetadataValue {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** A value of a type known only at run time. The caller has checked that they fit. */
  static of<T extends MetadataType>(type: T, value: MetadataTypes[T]): MetadataValue<T> {
    return new MetadataValue(type, value);
  }

  static text(value: string): MetadataValue<'text'> {
    return new MetadataValue('text', value);
  }

  static url(value: string | URL): MetadataValue<'url'> {
    return new MetadataValue('url', String(value));
  }

  static path(value: string): MetadataValue<'path'> {
    return new MetadataValue('path', value);
  }

  static notebook(value: string): MetadataValue<'notebook'> {
    return new MetadataValue('notebook', value);
  }

  /** Markdown. */
  static md(value: string): MetadataValue<'md'> {
    return new MetadataValue('md', value);
  }

  static json(value: JsonValue): MetadataValue<'json'> {
    return new MetadataValue('json', value);
  }

  static int(value: number | bigint): MetadataValue<'int'> {
    return new MetadataValue('int', value);
  }

  /** A float, also when it is whole: `MetadataValue.float(1)` is `1.0` in Dagster. */
  static float(value: number): MetadataValue<'float'> {
    return new MetadataValue('float', value);
  }

  static bool(value: boolean): MetadataValue<'bool'> {
    return new MetadataValue('bool', value);
  }

  static dagsterRun(runId: string): MetadataValue<'dagster_run'> {
    return new MetadataValue('dagster_run', runId);
  }

  static asset(assetKey: string): MetadataValue<'asset'> {
    return new MetadataValue('asset', assetKey);
  }

  static null(): MetadataValue<'null'> {
    return new MetadataValue('null', null);
  }

  static table(table: MetadataTypes['table']): MetadataValue<'table'> {
    return new MetadataValue('table', table);
  }

  static tableSchema(schema: MetadataTypes['table_schema']): MetadataValue<'table_schema'> {
    return new MetadataValue('table_schema', schema);
  }

  static tableColumnLineage(lineage: MetadataTypes['table_column_lineage']): MetadataValue<'table_column_lineage'> {
    return new MetadataValue('table_column_lineage', lineage);
  }

  /** @param value a date, or seconds since the epoch */
  static timestamp(value: Date | number): MetadataValue<'timestamp'> {
    return new MetadataValue('timestamp', typeof value === 'number' ? value : value.getTime() / 1000);
  }
}

/** A metadata value of any type, to be told apart by its `type`. */
export type AnyMetadataValue = { [T in MetadataType]: MetadataValue<T> }[MetadataType];
export type Metadata = Readonly<Record<string, AnyMetadataValue>>;

/** A typed value as it travels. */
export function toWireMetadataValue(metadata: AnyMetadataValue): WireMetadataValue {
  switch (metadata.type) {
    case 'float':
    case 'timestamp':
      return { type: metadata.type, raw_value: new JsonFloat(metadata.value) };
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

interface TypeRow {
  readonly accepts: (value: JsonValue) => boolean;
  readonly expected: string;
  /** From the wire form to the form of {@link MetadataTypes}. */
  readonly read: (value: JsonValue) => unknown;
}

const asIs = (value: JsonValue): JsonValue => value;
const isString = (value: JsonValue | undefined): boolean => typeof value === 'string';
const isNumber = (value: JsonValue): boolean => typeof value === 'number' || typeof value === 'bigint';
const isCell = (value: JsonValue): boolean => value === null || typeof value !== 'object' || value instanceof JsonFloat;
const isRecord = (value: JsonValue): boolean => isJsonObject(value) && Object.values(value).every(isCell);
const isColumn = (value: JsonValue): boolean =>
  isJsonObject(value) && isString(value['name']) && isString(value['type']);
const isListOf = (value: JsonValue | undefined, check: (item: JsonValue) => boolean): boolean =>
  Array.isArray(value) && value.every(check);
const isColumnDep = (value: JsonValue): boolean =>
  isJsonObject(value) &&
  isString(value['column_name']) &&
  (isString(value['asset_key']) || isListOf(value['asset_key'], isString));
const isLineage = (value: JsonValue): boolean => {
  const deps = isJsonObject(value) ? value['deps_by_column'] : undefined;
  return isJsonObject(deps) && Object.values(deps).every((each) => isListOf(each, isColumnDep));
};

const text: TypeRow = { accepts: isString, expected: 'a string', read: asIs };
const number: TypeRow = { accepts: isNumber, expected: 'a number', read: Number };

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
  float: number,
  timestamp: number,
  bool: { accepts: (value) => typeof value === 'boolean', expected: 'true or false', read: asIs },
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
