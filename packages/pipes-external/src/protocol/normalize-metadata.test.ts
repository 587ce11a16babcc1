import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { type AnyMetadataValue, MetadataValue } from './metadata-value.ts';
import { type MetadataInput, normalizeMetadata } from './normalize-metadata.ts';
import { parseMetadataValue, toWireMetadata } from './wire-metadata.ts';
import { parseWireJson, stringifyWireJson } from './wire-json.ts';

const LINEAGE = MetadataValue.tableColumnLineage({
  depsByColumn: { total: [{ assetKey: 'a', columnName: 'b' }] },
});

describe('each row of the table', () => {
  test.each<[name: string, value: unknown, becomes: AnyMetadataValue]>([
    ['string', 'x', MetadataValue.text('x')],
    ['safe integer', 42, MetadataValue.int(42)],
    ['bigint', 2n ** 80n, MetadataValue.int(2n ** 80n)],
    ['fraction', 1.5, MetadataValue.float(1.5)],
    ['integer beyond the safe range', 2 ** 60, MetadataValue.float(2 ** 60)],
    ['NaN', Number.NaN, MetadataValue.float(Number.NaN)],
    ['-Infinity', Number.NEGATIVE_INFINITY, MetadataValue.float(Number.NEGATIVE_INFINITY)],
    ['boolean', true, MetadataValue.bool(true)],
    ['null', null, MetadataValue.null()],
    ['Date', new Date(1500), MetadataValue.timestamp(1.5)],
    ['URL', new URL('https://example.org'), MetadataValue.url('https://example.org/')],
    ['array', [1, 'a'], MetadataValue.json([1, 'a'])],
    ['plain object', { a: { b: 1n } }, MetadataValue.json({ a: { b: 1n } })],
    ['Map', new Map([['a', new Date(0)]]), MetadataValue.json({ a: '1970-01-01T00:00:00.000Z' })],
    ['Set', new Set([1]), MetadataValue.json([1])],
    ['class instance', new (class { a = 1 })(), MetadataValue.json({ a: 1 })], // prettier-ignore
    ['Uint8Array', new Uint8Array([1, 2, 255]), MetadataValue.text('AQL/')],
    ['RegExp', /a/, MetadataValue.text('/a/')],
    ['toJSON of a scalar', { toJSON: () => 5 }, MetadataValue.int(5)],
    ['a MetadataValue', MetadataValue.md('# x'), MetadataValue.md('# x')],
    ['explicit type', { type: 'md', rawValue: '# x' }, MetadataValue.md('# x')],
    ["explicit type as in Dagster's guide", { type: 'url', raw_value: 'https://x' }, MetadataValue.url('https://x')],
    ['explicit type, to be inferred', { type: '__infer__', raw_value: 3 }, MetadataValue.int(3)],
    ['explicit float of a whole number', { type: 'float', rawValue: 3 }, MetadataValue.float(3)],
    ['lineage as on the wire', { type: 'table_column_lineage', rawValue: { deps_by_column: { total: [{ asset_key: 'a', column_name: 'b' }] } } }, LINEAGE], // prettier-ignore
    ['lineage in camelCase', { type: 'table_column_lineage', rawValue: { depsByColumn: LINEAGE.value.depsByColumn } }, LINEAGE], // prettier-ignore
    ['boxed text', Object('x'), MetadataValue.text('x')],
    ['json of a number', MetadataValue.json(5), MetadataValue.int(5)],
    ['json of a boolean', { type: 'json', rawValue: false }, MetadataValue.bool(false)],
    ['json of text', MetadataValue.json('x'), MetadataValue.json('x')],
    ['an object that only looks typed', { type: 'md', text: '# x' }, MetadataValue.json({ type: 'md', text: '# x' })],
    ['an object with more than a type', { type: 'a', rawValue: 1, c: 2 }, MetadataValue.json({ type: 'a', rawValue: 1, c: 2 })], // prettier-ignore
  ])('%s', (_name, value, becomes) => {
    expect(normalizeMetadata({ key: value })).toStrictEqual({ metadata: { key: becomes }, warnings: [] });
  });

  test('undefined is left out without a word', () => {
    expect(normalizeMetadata({ key: undefined })).toStrictEqual({ metadata: {}, warnings: [] });
  });

  test.each<[name: string, value: unknown, warning: string]>([
    ['invalid Date', new Date(Number.NaN), 'it is an invalid Date'],
    ['function', () => 1, 'it is a function, which JSON cannot carry'],
    ['symbol', Symbol('x'), 'it is a symbol, which JSON cannot carry'],
    ['Promise', Promise.resolve(1), 'it is a Promise: await it first'],
    ['unknown type', { type: 'colour', rawValue: 'red' }, 'unknown metadata type "colour"'],
    ['name of a method as type', { type: 'toString', rawValue: 'x' }, 'unknown metadata type "toString"'],
    ['text of a number', { type: 'text', rawValue: 5 }, 'a value of type "text" must be a string'],
    ['int of a fraction', MetadataValue.int(1.5), 'a value of type "int" must be an integer'],
    ['timestamp of an invalid Date', MetadataValue.timestamp(new Date('?')), 'a value of type "timestamp" must be a finite number of seconds'],
    ['bool of a number', { type: 'bool', rawValue: 1 }, 'a value of type "bool" must be true or false'],
    ['column with an unknown constraint', { type: 'table_schema', rawValue: { columns: [{ name: 'a', type: 'b', constraints: { min: 1 } }] } },
      'a value of type "table_schema" must be { columns: [{ name, type }] }'],
    ['lineage of nothing', { type: 'table_column_lineage', rawValue: { depsByColumn: 5 } },
      'a value of type "table_column_lineage" must be { deps_by_column: { column: [{ asset_key, column_name }] } }'],
    ['bigint that Python cannot read', 10n ** 4300n, 'it is an integer of more than 4300 digits, which Python cannot read'],
    ['MetadataValue with nonsense in it', MetadataValue.of('table_column_lineage', null as never), "Cannot read properties of null (reading 'depsByColumn')"],
  ])('%s is left out with a warning', (_name, value, warning) => {
    expect(normalizeMetadata({ before: 1, key: value, after: 2 })).toStrictEqual({
      metadata: { before: MetadataValue.int(1), after: MetadataValue.int(2) },
      warnings: [`metadata "key" was left out: ${warning}`],
    });
  }); // prettier-ignore

  test('a value that loses a part says so and keeps the rest', () => {
    expect(normalizeMetadata({ key: { rows: 5, format: () => '' } })).toStrictEqual({
      metadata: { key: MetadataValue.json({ rows: 5 }) },
      warnings: ['metadata "key" lost a function, which JSON cannot carry'],
    });
  });

  test.each([
    ['an array', [1]],
    ['a Map', new Map([['a', 1]])],
    ['text', 'x'],
    ['a number', 5],
  ])(
    // prettier-ignore
    '%s instead of metadata is left out with a warning',
    (_name, input) => {
      expect(normalizeMetadata(input as unknown as MetadataInput)).toStrictEqual({
        metadata: {},
        warnings: ['metadata was left out: it must be an object of names and values'],
      });
    },
  );

  test('a key named __proto__ is a key', () => {
    const { metadata } = normalizeMetadata(JSON.parse('{"__proto__": 1}') as MetadataInput);
    expect(stringifyWireJson(toWireMetadata(metadata) as unknown as JsonObject)).toBe(
      '{"__proto__": {"type": "int", "raw_value": 1}}',
    );
  });
});

test('whatever is passed, every value that is kept arrives as itself', () => {
  const anything = fc.anything({
    withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true,
    withSparseArray: true, withBoxedValues: true,
  }); // prettier-ignore
  const typeName = fc.constantFrom(
    'text',
    'int',
    'float',
    'json',
    'table',
    'table_schema',
    'table_column_lineage',
    'timestamp',
    'bool',
    'null',
    '__infer__',
  );
  const value = fc.oneof(anything, fc.record({ type: typeName, rawValue: anything }));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value, { maxKeys: 4 }), (input) => {
      const { metadata } = normalizeMetadata(input);
      for (const [name, wire] of Object.entries(toWireMetadata(metadata) ?? {})) {
        const received = parseMetadataValue(wire.type, parseWireJson(stringifyWireJson(wire.raw_value)));
        expect(received).toHaveProperty('type', metadata[name]?.type);
      }
    }),
    { numRuns: 1000 },
  );
});
