import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText, asReceived, jsonValue } from '../../test/json-arbitrary.ts';
import { JsonFloat, type JsonValue, MAX_INTEGER_DIGITS } from './json.ts';
import { parseTolerantly } from './tolerant-json.ts';
import { MAX_JSON_DEPTH, parseWireJson, stringifyWireJson, stringifyWireString } from './wire-json.ts';

const TOLERANT = { maxDepth: MAX_JSON_DEPTH, keepsFloats: false };

const nested = (levels: number, leaf = ''): string => '['.repeat(levels) + leaf + ']'.repeat(levels);

describe('what is written', () => {
  test('every value arrives as it was', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        assert.deepEqual(parseWireJson(stringifyWireJson(value)), asReceived(value));
      }),
    );
  });

  test('is printable ASCII on one line', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(stringifyWireJson(value)).toMatch(/^[\x20-\x7f]*$/);
      }),
    );
  });

  test('a string needs the same text alone and in a value', () => {
    fc.assert(fc.property(anyText, (text) => stringifyWireString(text) === stringifyWireJson(text)));
  });

  test.each<[JsonValue, string]>([
    [new JsonFloat(1), '1.0'],
    [new JsonFloat(-0), '-0.0'],
    [new JsonFloat(1e21), '1e+21'],
    [new JsonFloat(0.1), '0.1'],
    [2 ** 60, '1152921504606847000.0'],
    [1e21, '1e+21'],
    [0.5, '0.5'],
    [new JsonFloat(Number.NaN), 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [2n ** 70n, '1180591620717411303424'],
    ['é\u{1f600}', '"\\u00e9\\ud83d\\ude00"'],
    ['a\ud800b', '"a\\ufffdb"'],
    ['é\udc00', '"\\u00e9\\ufffd"'],
    ['\\ud800', '"\\\\ud800"'],
    [{ a: [1, { b: null }], c: true }, '{"a": [1, {"b": null}], "c": true}'],
  ])('%o is written %s', (value, text) => {
    expect(stringifyWireJson(value)).toBe(text);
  });

  test('a key named __proto__ is a key', () => {
    const text = '{"__proto__": {"x": 1}}';
    expect(stringifyWireJson(parseWireJson(text))).toBe(text);
    expect(stringifyWireJson(parseTolerantly(text, { ...TOLERANT, maxDepth: 5 }))).toBe(text);
  });

  test.each([undefined, new Map(), new Date(0), () => 1, Symbol('x')])('%o is refused', (value) => {
    expect(() => stringifyWireJson(value as unknown as JsonValue)).toThrow(TypeError);
  });
});

describe('what is read', () => {
  test.each<[string, JsonValue]>([
    ['NaN', Number.NaN],
    ['[Infinity, -Infinity]', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['{"a": NaN, "b": "NaN"}', { a: Number.NaN, b: 'NaN' }],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9007199254740993.0', 9007199254740992],
    ['{"id": 12345678901234567890}', { id: 12345678901234567890n }],
    ['"\\ud83d\\ude00"', '\u{1f600}'],
    [' { "a" : [ ] } ', { a: [] }],
    ['{"a": 1, "a": 2}', { a: 2 }],
    ['[1e400, 1E2, -0]', [Number.POSITIVE_INFINITY, 100, -0]],
  ])('%s', (text, value) => {
    expect(parseWireJson(text)).toStrictEqual(value);
  });

  test('the tolerant road agrees with JSON.parse on all JSON', () => {
    const safeJson = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(safeJson, fc.constantFrom(0, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!/\d{16}/.test(text));
        assert.deepEqual(parseTolerantly(text, TOLERANT), JSON.parse(text));
      }),
    );
  });

  const notJson = [
    '', ' ', '[1,]', '{"a":1,}', '{,}', '[,1]', '[1 2]', '{"a" 1}', '{"a":}', '{a:1}', "{'a':1}", '[1', '{"a":1',
    '01', '-01', '1.', '.5', '+1', '1e', '0x10', '-', '--1', 'nan', 'Nan', 'NAN', '-NaN', '+Infinity', 'Infinit', 'tru',
    'undefined', 'True', 'None', '// x\n1', '/* x */ 1', '1 // x', '"\\x41"', '"\\u12"', '"\\', '"a', '"a\nb"', '"\t"',
    '1 1', '{} {}', '\u00a01', '\ufeff1', '[NaN,]', '{"a": NaN,}', '{"NaN": 1,}', '1234567890123456789,', 'NaNNaN', 'NaN1',
  ]; // prettier-ignore

  test.each(notJson)('%j is refused on both roads', (text) => {
    expect(() => parseWireJson(text)).toThrow(SyntaxError);
    expect(() => parseTolerantly(text, TOLERANT)).toThrow(SyntaxError);
  });

  test('the tolerant road refuses what JSON.parse refuses, however a text is damaged', () => {
    const damaged = fc
      .tuple(jsonValue.map(stringifyWireJson), fc.nat(), fc.constantFrom('', ',', '"', '}', '[', '0', '\\', '-', 'e'))
      .map(
        ([text, at, noise]) => text.slice(0, at % (text.length + 1)) + noise + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(
      fc.property(damaged, (text) => {
        fc.pre(!/NaN|Infinity/.test(text));
        expect(accepts(() => parseTolerantly(text, TOLERANT))).toBe(accepts(() => JSON.parse(text) as unknown));
      }),
      { numRuns: 500 },
    );
  });
});

describe('size', () => {
  test('a string of 32 MiB is read on the tolerant road', () => {
    const long = 'x\\"'.repeat(2 ** 23) + '\\\\'.repeat(2 ** 22);
    const [read] = parseWireJson(`["${long}", NaN]`) as [string];
    expect(read.length).toBe(2 ** 24 + 2 ** 22);
    expect(() => parseWireJson(`["${long}, NaN]`)).toThrow('Unterminated string at position 1');
  });

  test('integers are bounded as in Python, so that no text takes long', () => {
    for (const sign of ['', '-']) {
      const longest = `${sign}${'9'.repeat(MAX_INTEGER_DIGITS)}`;
      expect(parseWireJson(`[${longest}]`)).toStrictEqual([BigInt(longest)]);
      expect(() => parseWireJson(`[${longest}9]`)).toThrow('Integer of more than 4300 digits at position 1');
    }
    expect(() => parseWireJson('9'.repeat(2 ** 24))).toThrow(SyntaxError);
    expect(parseWireJson(`${'9'.repeat(2 ** 20)}.0`)).toBe(Number.POSITIVE_INFINITY);
  });
});

test.each([
  ['{"password": hunter2}', 'Unexpected character at position 13'],
  ['{"password": "hunter2"', 'Unexpected end at position 22'],
  ['{"password": "hunter2', 'Unterminated string at position 13'],
  ['{"password": "\\hunter2"}', 'Malformed string at position 13'],
  ['{"password": "hunter2\n"}', 'Malformed string at position 13'],
])('the error for %j says where, and quotes nothing', (text, problem) => {
  expect(() => parseWireJson(text)).toThrow(new SyntaxError(problem));
});

describe('depth', () => {
  test.each([
    ['native', ''],
    ['tolerant', 'NaN'],
    ['tolerant', '12345678901234567890'],
  ])('is bounded on the %s road (%s)', (_road, leaf) => {
    expect(() => parseWireJson(nested(MAX_JSON_DEPTH, leaf))).not.toThrow();
    expect(() => parseWireJson(nested(MAX_JSON_DEPTH + 1, leaf))).toThrow(/deeper than 500 levels/);
    expect(() => parseWireJson(nested(200_000, leaf))).toThrow(/deeper than 500 levels/);
  });

  test('what can be read can be written again, and nothing deeper', () => {
    const deepest = parseWireJson(nested(MAX_JSON_DEPTH));
    expect(stringifyWireJson(deepest)).toBe(nested(MAX_JSON_DEPTH));
    expect(() => stringifyWireJson([deepest])).toThrow(/deeper than 500 levels/);
  });
});

function accepts(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    assert(error instanceof SyntaxError);
    return false;
  }
}

test('a whole number that is written as a float stays one where that is asked for', () => {
  const text = '{"a": 1.0, "b": 1, "c": [2e3, 2.5], "d": "1.0"}';
  expect(parseWireJson(text)).toEqual({ a: 1, b: 1, c: [2000, 2.5], d: '1.0' });
  const kept = { a: new JsonFloat(1), b: 1, c: [new JsonFloat(2000), 2.5], d: '1.0' };
  expect(parseWireJson(text, { keepsFloats: true })).toEqual(kept);
});
