import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAssetKeyPath, toAssetKeyString } from './asset-key.ts';

test.each([
  [['orders'], 'orders'],
  [['raw', 'orders'], 'raw/orders'],
  [['raw/v2', 'items'], 'raw\\/v2/items'],
  [['/', 'a/'], '\\//a\\/'],
])('%j is written %s and read back', (path, text) => {
  expect(toAssetKeyString(path)).toBe(text);
  expect(toAssetKeyPath(text)).toStrictEqual(path);
});

test('every key that can be written is read back', () => {
  const part = fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: fc.constantFrom('/', 'a', 'é'), minLength: 1 }));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), (path) => {
      fc.pre(path.every((each) => !each.includes('\\')));
      expect(toAssetKeyPath(toAssetKeyString(path))).toStrictEqual(path);
    }),
  );
});

test.each([
  ['a/', ['a']],
  ['a//b', ['a', '', 'b']],
  ['/a', ['', 'a']],
  ['a\\', ['a\\']],
  ['a\\b', ['ab']],
  ['', []],
])('%j is read as Python reads it', (text, path) => {
  expect(toAssetKeyPath(text)).toStrictEqual(path);
});

test.each([
  [[], 'it has no parts'],
  [['a', ''], 'a part is empty'],
  [['a\\b'], 'a part holds a backslash'],
])('%j is refused', (path, problem) => {
  expect(() => toAssetKeyString(path)).toThrow(problem);
  expect(() => toAssetKeyString(path)).toThrow(expect.objectContaining({ code: 'PIPES_ASSET_KEY_INVALID' }) as Error);
});
