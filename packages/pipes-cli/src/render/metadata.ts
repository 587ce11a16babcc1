import type {
  AnyMetadataValue,
  Metadata,
  MetadataTypes,
  TableCell,
  TableColumn,
  TableColumnDep,
} from 'pipes-external/protocol';
import { renderJson } from './json-text.ts';
import { type Column, renderTable, type TableStyle } from './table.ts';
import { bounded, displayWidth, fit, indent, more, oneLine, printable, truncate, wrap } from './text.ts';
import { formatNumber, formatTimestamp } from './values.ts';

const TEXT_LINES = 8;
const JSON_LINES = 12;
const TABLE_ROWS = 10;
const NAME_WIDTH = 24;
/** Numbers that are no quantities: `2012` is a year, `2,012` is not. */
const NAMES_SOMETHING = /(?:^|[^a-z])(?:id|pid|port|year)$/i;

/**
 * Metadata for people, a name a line with its value beside it, or below it where one line does not hold it. Long values
 * are bounded and say by how much.
 */
export function renderMetadata(metadata: Metadata, style: TableStyle): string[] {
  const entries = Object.entries(metadata).map(([name, value]) => [oneLine(name), value] as const);
  const nameWidth = Math.min(NAME_WIDTH, Math.max(0, ...entries.map(([name]) => displayWidth(name))));
  return entries.flatMap(([name, value]) => {
    const inside = { ...style, width: Math.max(20, style.width - 2) };
    const lines =
      NAMES_SOMETHING.test(name) && value.type === 'int' ? [String(value.value)] : renderValue(value, inside);
    const isInline = lines.length === 1 && displayWidth(name) <= nameWidth && !isBlock(value);
    if (isInline) return [`${style.colours.dim(fit(name, nameWidth))}  ${lines[0]}`];
    return [style.colours.dim(name), ...indent(lines, 2)];
  });
}

function isBlock(value: AnyMetadataValue): boolean {
  return value.type === 'table' || value.type === 'table_schema' || value.type === 'table_column_lineage';
}

function renderValue(metadata: AnyMetadataValue, style: TableStyle): string[] {
  const { colours } = style;
  switch (metadata.type) {
    case 'text':
    case 'md':
      return renderText(metadata.value, style.width);
    case 'url':
      return [colours.cyan(oneLine(metadata.value))];
    case 'path':
    case 'notebook':
    case 'asset':
      return [oneLine(metadata.value)];
    case 'dagster_run':
      return [`run ${oneLine(metadata.value)}`];
    case 'int':
    case 'float':
      return [formatNumber(metadata.value)];
    case 'timestamp':
      return [formatTimestamp(metadata.value)];
    case 'bool':
      return [String(metadata.value)];
    case 'null':
      return [colours.dim('null')];
    case 'json':
      return renderJson(metadata.value, style.width, JSON_LINES).map((line) =>
        truncate(oneLineKeepingIndent(line), style.width),
      );
    case 'table':
      return renderRecords(metadata.value, style);
    case 'table_schema':
      return renderSchema(metadata.value.columns, style);
    case 'table_column_lineage':
      return renderLineage(metadata.value.depsByColumn, style);
    default:
      return metadata satisfies never;
  }
}

function renderText(text: string, width: number): string[] {
  const lines = printable(text).trimEnd().split('\n');
  return bounded(
    lines.flatMap((line) => (line.startsWith(' ') || line.startsWith('|') ? [line] : wrap(line, width))),
    TEXT_LINES,
  );
}

function oneLineKeepingIndent(line: string): string {
  return printable(line).replaceAll('\n', ' ');
}

function renderRecords({ records, schema }: MetadataTypes['table'], style: TableStyle): string[] {
  const shown = records.slice(0, TABLE_ROWS);
  const names = schema.length > 0 ? schema.map((column) => column.name) : Object.keys(records[0] ?? {});
  if (names.length === 0) return [style.colours.dim('no columns')];
  const columns = names.map((name): Column => {
    const isNumeric = shown.length > 0 && shown.every((record) => isNumber(record[name]));
    return { title: oneLine(name), align: isNumeric ? 'right' : 'left' };
  });
  const rows = shown.map((record) => names.map((name) => formatCell(record[name])));
  const rest = records.length - shown.length;
  return [...renderTable(columns, rows, style), ...(rest > 0 ? [style.colours.dim(more(rest, 'row'))] : [])];
}

function isNumber(cell: TableCell | undefined): boolean {
  return typeof cell === 'number' || typeof cell === 'bigint';
}

/** Data as it is: a year is `2012` here. */
function formatCell(cell: TableCell | undefined): string {
  return cell === null || cell === undefined ? '' : oneLine(String(cell));
}

function renderSchema(columns: readonly TableColumn[], style: TableStyle): string[] {
  const rows = columns.map((column) => [oneLine(column.name), oneLine(column.type), notes(column)]);
  return bounded(
    renderTable([{ title: 'column' }, { title: 'type' }, { title: 'notes' }], rows, style),
    TABLE_ROWS * 2,
  );
}

function notes(column: TableColumn): string {
  const { constraints, tags } = column;
  const words = [
    constraints?.nullable === false ? 'not null' : '',
    constraints?.unique === true ? 'unique' : '',
    ...(constraints?.other ?? []),
    ...Object.entries(tags ?? {}).map(([key, value]) => (value === '' ? key : `${key}=${value}`)),
    column.description ?? '',
  ];
  return oneLine(words.filter((word) => word !== '').join(', '));
}

function renderLineage(depsByColumn: Readonly<Record<string, readonly TableColumnDep[]>>, style: TableStyle): string[] {
  const rows = Object.entries(depsByColumn).map(([column, deps]) => [
    oneLine(column),
    oneLine(deps.map((dep) => `${[dep.assetKey].flat().join('/')}.${dep.columnName}`).join(', ')),
  ]);
  return bounded(renderTable([{ title: 'column' }, { title: 'comes from' }], rows, style), TABLE_ROWS * 2);
}
