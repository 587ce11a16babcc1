import { expect, test } from 'vitest';
import { assetKeyProblem, checkStepKey, toKey } from './keys.ts';
import { didYouMean, nearest } from './nearest.ts';
import { allowedFrom } from './run.ts';

test('a key is the same as a string and in parts', () => {
  expect(toKey(['mart', 'a/b'])).toBe(String.raw`mart/a\/b`);
  expect(toKey('mart/a')).toBe('mart/a');
  expect(() => toKey(['a\\b'])).toThrow('PIPES_ASSET_KEY_INVALID');
  expect(checkStepKey({ assetKey: 'mart/a', checkName: 'ok' })).toBe('check:mart/a:ok');
});

test.each(['a', 'mart/a', String.raw`mart/a\/b`, 'snake_case', 'with space', 'ünï'])('"%s" is a key', (key) => {
  expect(assetKeyProblem(key)).toBeUndefined();
});

test.each(['', ' a', 'a ', 'a,b', 'a+', '*', 'a:b', 'a//b', '/a', 'a/', String.raw`a\b`, 'a\\'])(
  '"%s" is none',
  (key) => {
    expect(assetKeyProblem(key)).toMatch(/is empty|holds one of|has an empty part/);
  },
);

test('the nearest names come first, and wild guesses not at all', () => {
  expect(nearest('monthyl', ['month', 'yearly', 'monthly'])).toEqual(['monthly', 'month']);
  expect(nearest('RAW', ['raw'])).toEqual(['raw']);
  expect(didYouMean('zzzzz', ['raw'])).toBe('');
});

test('a compare-and-set to SUCCESS is allowed from where a run can succeed', () => {
  expect(allowedFrom('SUCCESS')).toEqual(['STARTED', 'CANCELING']);
});
