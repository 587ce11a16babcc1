import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from './json.ts';
import { type AnyMetadataValue, MetadataValue } from './metadata-value.ts';
import { parseMetadataValue, toWireMetadata, toWireMetadataValue } from './wire-metadata.ts';
import { parseWireJson, stringifyWireJson } from './wire-json.ts';

const columns = [
  { name: 'id', type: 'int', constraints: { nullable: false, unique: true, other: ['> 0'] } },
  { name: 'note', type: 'string', description: 'free text', tags: { pii: 'yes' } },
];

/** One value of each type, with what it looks like on the wire. */
const all: readonly (readonly [AnyMetadataValue, string])[] = [
  [MetadataValue.text('é'), '{"type": "text", "raw_value": "\\u00e9"}'],
  [MetadataValue.url('https://x'), '{"type": "url", "raw_value": "https://x"}'],
  [MetadataValue.path('/a'), '{"type": "path", "raw_value": "/a"}'],
  [MetadataValue.notebook('/n.ipynb'), '{"type": "notebook", "raw_value": "/n.ipynb"}'],
  [MetadataValue.md('# x'), '{"type": "md", "raw_value": "# x"}'],
  [MetadataValue.json({ a: [1] }), '{"type": "json", "raw_value": {"a": [1]}}'],
  [MetadataValue.int(7), '{"type": "int", "raw_value": 7}'],
  [MetadataValue.int(2n ** 64n), '{"type": "int", "raw_value": 18446744073709551616}'],
  [MetadataValue.float(1), '{"type": "float", "raw_value": 1.0}'],
  [MetadataValue.float(Number.POSITIVE_INFINITY), '{"type": "float", "raw_value": Infinity}'],
  [MetadataValue.bool(true), '{"type": "bool", "raw_value": true}'],
  [MetadataValue.dagsterRun('r-1'), '{"type": "dagster_run", "raw_value": "r-1"}'],
  [MetadataValue.asset('a/b'), '{"type": "asset", "raw_value": "a/b"}'],
  [MetadataValue.null(), '{"type": "null", "raw_value": null}'],
  [MetadataValue.timestamp(new Date(2000)), '{"type": "timestamp", "raw_value": 2.0}'],
  [MetadataValue.tableSchema({ columns }), `{"type": "table_schema", "raw_value": {"columns": ${stringifyWireJson(columns)}}}`],
  [
    MetadataValue.table({ records: [{ id: 1, note: null }], schema: columns }),
    `{"type": "table", "raw_value": {"records": [{"id": 1, "note": null}], "schema": ${stringifyWireJson(columns)}}}`,
  ],
  [
    MetadataValue.tableColumnLineage({ depsByColumn: { id: [{ assetKey: ['a', 'b/c'], columnName: 'x' }, { assetKey: 'd', columnName: 'y' }] } }),
    '{"type": "table_column_lineage", "raw_value": {"deps_by_column": {"id": [{"asset_key": ["a", "b/c"], "column_name": "x"}, {"asset_key": "d", "column_name": "y"}]}}}',
  ],
]; // prettier-ignore

test.each(all)('%o travels and arrives as itself', (value, text) => {
  const { type, raw_value } = toWireMetadataValue(value);
  expect(stringifyWireJson({ type, raw_value })).toBe(text);
  expect(parseMetadataValue(type, parseWireJson(stringifyWireJson(raw_value)))).toStrictEqual(value);
});

test('an int is written in digits whatever its size', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      const wire = toWireMetadataValue(MetadataValue.int(Math.trunc(number)));
      expect(stringifyWireJson(wire.raw_value)).toMatch(/^-?\d+$/);
    }),
  );
});

test('no metadata is sent as null', () => {
  expect(toWireMetadata({})).toBeNull();
});

describe('a value that does not fit its type is refused with what it must be', () => {
  test.each<[type: string, raw: JsonValue, problem: string]>([
    ['text', null, 'a string'],
    ['int', 1.5, 'an integer'],
    ['int', '1', 'an integer'],
    ['float', '1', 'a number'],
    ['timestamp', Number.NaN, 'a finite number of seconds'],
    ['bool', 'true', 'true or false'],
    ['table', { records: [{ a: [1] }], schema: [] }, '{ records'],
    ['table', { records: [], schema: { columns: [] } }, '{ records'],
    ['table_schema', [], '{ columns'],
    ['table_schema', { columns: [{ name: 'a' }] }, '{ columns'],
    ['table_schema', { columns: [{ name: 'a', type: 'b', description: 5 }] }, '{ columns'],
    ['table_schema', { columns: [{ name: 'a', type: 'b', tags: { a: 1 } }] }, '{ columns'],
    ['table_schema', { columns: [{ name: 'a', type: 'b', constraints: { unique: null } }] }, '{ columns'],
    ['table_column_lineage', { deps_by_column: { a: [{ asset_key: 'x' }] } }, '{ deps_by_column'],
    ['table_column_lineage', {}, '{ deps_by_column'],
  ])('%s: %o', (type, raw, expected) => {
    const problem = expect.stringContaining(`a value of type "${type}" must be ${expected}`) as string;
    expect(parseMetadataValue(type, raw)).toStrictEqual({ problem });
  });

  test.each(['', 'TEXT', '__proto__', 'constructor'])('the type %o is unknown', (type) => {
    expect(parseMetadataValue(type, 'x')).toStrictEqual({ problem: `unknown metadata type ${JSON.stringify(type)}` });
  });
});

test("columns may carry null for what is absent, as Python's dataclasses print them", () => {
  const raw = { columns: [{ name: 'a', type: 'b', description: null, tags: null, constraints: null }] };
  expect(parseMetadataValue('table_schema', raw)).toHaveProperty('type', 'table_schema');
});
