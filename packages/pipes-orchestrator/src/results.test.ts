import { MetadataValue } from 'pipes-external/protocol';
import { describe, expect, test } from 'vitest';
import {
  getAssetCheckResult,
  getMaterializeResult,
  type PipesAssetCheckResult,
  type PipesMaterializeResult,
} from './results.ts';

const made = (assetKey: string): PipesMaterializeResult => ({
  kind: 'materialization',
  assetKey,
  metadata: { rows: MetadataValue.int(1) },
  dataVersion: null,
});
const implied = (assetKey: string): PipesMaterializeResult => ({ ...made(assetKey), metadata: {}, isImplicit: true });
const checked = (assetKey: string, checkName = 'fresh'): PipesAssetCheckResult => ({
  kind: 'check',
  assetKey,
  checkName,
  passed: true,
  severity: 'ERROR',
  metadata: {},
});

describe('getMaterializeResult', () => {
  test('gives the one materialization with its checks', () => {
    expect(getMaterializeResult([checked('a'), made('a')])).toEqual({ ...made('a'), checkResults: [checked('a')] });
    expect(getMaterializeResult([implied('a')])).toMatchObject({ assetKey: 'a', checkResults: [] });
  });

  test.each([
    ['none', [checked('a')], 'No materialization was reported'],
    ['several', [made('b'), made('a')], 'exactly one materialization, and there are 2: a, b'],
    ['a check of another asset', [made('a'), checked('b')], 'only checks of a, and there are some of b'],
  ])('refuses %s', (_, results, message) => {
    expect(() => getMaterializeResult(results)).toThrow(expect.objectContaining({ code: 'PIPES_RESULT_UNEXPECTED' }));
    expect(() => getMaterializeResult(results)).toThrow(message);
  });
});

describe('getAssetCheckResult', () => {
  test('gives the one check, whatever is implied', () => {
    expect(getAssetCheckResult([checked('a'), implied('a')])).toEqual(checked('a'));
  });

  test.each([
    ['none', [implied('a')], 'No check was reported'],
    ['several', [checked('a'), checked('a', 'large')], 'there are 2: fresh of a, large of a'],
    ['one beside a materialization', [checked('a'), made('a')], 'a was materialized'],
  ])('refuses %s', (_, results, message) => {
    expect(() => getAssetCheckResult(results)).toThrow(expect.objectContaining({ code: 'PIPES_RESULT_UNEXPECTED' }));
    expect(() => getAssetCheckResult(results)).toThrow(message);
  });
});
