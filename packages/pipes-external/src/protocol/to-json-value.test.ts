import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonFloat, type JsonValue } from './json.ts';
import { toJsonValue } from './to-json-value.ts';
import { parseWireJson, stringifyWireJson } from './wire-json.ts';

class Point {
  x = 1;
  readonly #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

const circular: unknown[] = [1];
circular.push({ back: circular });
const shared = { a: 1 };
const ring = new Map<string, unknown>();
ring.set('self', ring);
const itself = {
  a: 1,
  toJSON() {
    return this;
  },
};
Object.defineProperty(itself, 'toJSON', { enumerable: false });
const LONGEST = 10n ** 4300n - 1n;
const half = new JsonFloat(0.5);
const throwing = {
  get bad(): never {
    throw new Error('no');
  },
  good: 1,
};
const unserializable = { toJSON: () => assert.fail('never') };

function convert(value: unknown): { readonly json: JsonValue; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  return { json: toJsonValue(value, (problem) => warnings.push(problem)), warnings };
}

function nestedArray(levels: number, leaf: unknown): unknown {
  let value = leaf;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

describe('each row of the table', () => {
  test.each<[name: string, value: unknown, json: JsonValue, warning?: string]>([
    ['string', 'x', 'x'],
    ['number', 1.5, 1.5],
    ['NaN', Number.NaN, Number.NaN],
    ['bigint', 2n ** 64n, 2n ** 64n],
    ['boolean', false, false],
    ['null', null, null],
    ['JsonFloat', half, half],
    ['undefined at the top', undefined, null],
    ['undefined inside', { a: undefined, b: [undefined] }, { b: [null] }],
    ['function at the top', () => 1, null, 'lost a function, which JSON cannot carry'],
    ['function inside', { a: () => 1, b: 1 }, { b: 1 }, 'lost a function, which JSON cannot carry'],
    ['symbol', [Symbol('x')], [null], 'lost a symbol, which JSON cannot carry'],
    ['Promise', { rows: Promise.resolve(5) }, {}, 'lost a Promise: await it first'],
    ['Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['invalid Date', new Date(Number.NaN), null],
    ['URL', new URL('https://example.org/a?b'), 'https://example.org/a?b'],
    ['RegExp', /a+/g, '/a+/g'],
    ['Map with string keys', new Map([['a', 1]]), { a: 1 }],
    ['Map with other keys', new Map<unknown, unknown>([[1, 'a'], [{ k: 1 }, 'b']]), [[1, 'a'], [{ k: 1 }, 'b']]], // prettier-ignore
    ['Set', new Set([1, 'a']), [1, 'a']],
    ['Float64Array', new Float64Array([1, 0.5]), [1, 0.5]],
    ['BigInt64Array', new BigInt64Array([1n]), [1n]],
    ['Uint8Array', new Uint8Array([1, 2, 255]), 'AQL/'],
    ['Buffer', Buffer.from('hi'), 'aGk='],
    ['part of a buffer', new Uint8Array(new Uint8Array([0, 1, 2, 255]).buffer, 1), 'AQL/'],
    ['ArrayBuffer', new Uint8Array([1, 2, 255]).buffer, 'AQL/'],
    ['DataView', new DataView(new Uint8Array([1, 2, 255]).buffer), 'AQL/'],
    ['toJSON', { toJSON: () => ({ deep: new Date(0) }) }, { deep: '1970-01-01T00:00:00.000Z' }],
    ['toJSON that returns itself', itself, { a: 1 }],
    ['boxed scalars', [Object('x'), Object(1), Object(1n), Object(false)], ['x', 1, 1n, false]],
    ['longest bigint', LONGEST, LONGEST],
    ['longer bigint', [-LONGEST - 1n], [null], 'lost an integer of more than 4300 digits, which Python cannot read'],
    ['toJSON that throws', { a: unserializable }, {}, 'lost an object that cannot be read (never)'],
    ['class instance', new Point(), { x: 1 }],
    ['object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['getter that throws', throwing, { good: 1 }, 'lost the property "bad" that cannot be read (no)'],
    ['same object twice', [shared, shared], [{ a: 1 }, { a: 1 }]],
    ['circle', circular, [1, { back: '[circular]' }], 'refers to itself; the inner reference became "[circular]"'],
    ['circle of a Map', ring, { self: '[circular]' }, 'refers to itself; the inner reference became "[circular]"'],
  ])('%s', (_name, value, json, warning) => {
    expect(convert(value)).toStrictEqual({ json, warnings: warning === undefined ? [] : [warning] });
  });

  test('Error, with its causes', () => {
    const { json, warnings } = convert(new TypeError('bad', { cause: new Error('deeper') }));
    expect(json).toMatchObject({ name: 'TypeError', message: 'bad', cause: { name: 'Error', message: 'deeper' } });
    expect(warnings).toStrictEqual([]);
  });

  test('a key named __proto__ is a key', () => {
    const { json } = convert(JSON.parse('{"__proto__": {"x": 1}}'));
    expect(stringifyWireJson(json)).toBe('{"__proto__": {"x": 1}}');
  });

  test('a revoked proxy costs itself', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const { json, warnings } = convert({ a: 1, b: proxy });
    expect(json).toStrictEqual({ a: 1 });
    expect(warnings).toHaveLength(1);
  });
});

describe('what comes out can always be sent', () => {
  test('from any value', () => {
    const anything = fc.anything({
      withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true,
      withObjectString: true, withSparseArray: true, withBoxedValues: true,
    }); // prettier-ignore
    fc.assert(
      fc.property(anything, (value) => {
        parseWireJson(stringifyWireJson(convert(value).json));
      }),
      { numRuns: 500 },
    );
  });

  test('from any depth', () => {
    const { json, warnings } = convert(nestedArray(100_000, 'x'));
    expect(stringifyWireJson(json)).toContain('[too deep]');
    expect(warnings).toStrictEqual(['is nested deeper than 490 levels; the rest became "[too deep]"']);
  });

  test('from errors in the depth', () => {
    let error = new Error('first');
    for (let index = 0; index < 30; index += 1) error = new Error(`after ${index}`, { cause: error });
    for (const levels of [470, 485, 488, 489, 490]) {
      expect(() =>
        stringifyWireJson({ metadata: { key: { raw_value: convert(nestedArray(levels, error)).json } } }),
      ).not.toThrow();
    }
  });
});
