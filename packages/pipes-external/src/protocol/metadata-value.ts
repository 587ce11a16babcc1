import type { JsonValue } from './json.ts';

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
