import type { AssetDescription } from 'pipes-runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plain } from '../terminal/colours.ts';
import { arrangeAssets } from './asset-tree.ts';
import { renderAssets } from './assets.ts';

function describe(key: string, deps: readonly string[], more: Partial<AssetDescription> = {}): AssetDescription {
  const nothing = { partitions: undefined, description: undefined, group: undefined, codeVersion: undefined };
  return { key, kind: 'asset', stepKey: key, deps, checks: [], tags: {}, ...nothing, ...more };
}

const check = (assetKey: string, checkName: string) => ({ assetKey, checkName, description: undefined });
const years = { kind: 'static', count: 4, first: '2012', last: '2015' } as const;
const weather = [
  describe('weather/chart', ['weather/monthly', 'weather/daily_clean'], { description: 'An SVG of the months.' }),
  describe('weather/raw', [], {
    description: 'The file as it comes from the package, 1,461 days of Seattle, unchanged.',
  }),
  describe('weather/daily_clean', ['weather/raw'], {
    checks: [check('weather/daily_clean', 'no_missing_days'), check('weather/daily_clean', 'temperature_range')],
  }),
  describe('weather/monthly', ['weather/daily_clean'], { partitions: years }),
  describe('stations', [], { kind: 'multi-asset', stepKey: 'places' }),
  describe('regions', ['stations'], { kind: 'multi-asset', stepKey: 'places' }),
];

test('a table where all of it fits', () => {
  expect(`\n${renderAssets(weather, { width: 130, colours: plain })}`).toMatchInlineSnapshot(`
    "
    asset                  kind                also depends on      partitions           checks
    weather/raw            asset
      The file as it comes from the package, 1,461 days of Seattle, unchanged.
    └ weather/daily_clean  asset                                                         no_missing_days, temperature_range
      └ weather/monthly    asset                                    4 keys, 2012 … 2015
        └ weather/chart    asset               weather/daily_clean
            An SVG of the months.
    stations               multi-asset places
    └ regions              multi-asset places"
  `);
});

test('a project at 80 columns', () => {
  expect(`\n${renderAssets(weather, { width: 80, colours: plain })}`).toMatchInlineSnapshot(`
    "
    weather/raw  asset
      The file as it comes from the package, 1,461 days of Seattle, unchanged.
    └ weather/daily_clean  asset
        checks: no_missing_days, temperature_range
      └ weather/monthly  asset
          partitions: 4 keys, 2012 … 2015
        └ weather/chart  asset
            An SVG of the months.
            also depends on: weather/daily_clean
    stations  multi-asset places
    └ regions  multi-asset places"
  `);
});

test('a project at 40 columns', () => {
  expect(`\n${renderAssets(weather, { width: 40, colours: plain })}`).toMatchInlineSnapshot(`
    "
    weather/raw  asset
      The file as it comes from the package,
      1,461 days of Seattle, unchanged.
    └ weather/daily_clean  asset
        checks: no_missing_days,
        temperature_range
      └ weather/monthly  asset
          partitions: 4 keys, 2012 … 2015
        └ weather/chart  asset
            An SVG of the months.
            also depends on:
            weather/daily_clean
    stations  multi-asset places
    └ regions  multi-asset places"
  `);
});

test('a chain too deep for a tree is a list in order', () => {
  const chain = Array.from({ length: 12 }, (_, index) => describe(`a${index}`, index === 0 ? [] : [`a${index - 1}`]));
  const rows = arrangeAssets(chain.toReversed());
  expect(rows.map((row) => row.asset.key)).toEqual(chain.map((asset) => asset.key));
  expect(rows.at(-1)).toMatchObject({ branch: '', otherDeps: ['a10'] });
});

test('every asset is shown once, after all that it depends on', () => {
  const graph = fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 25 })
    .map((lists) => lists.map((list, index) => [...new Set(list.filter(() => index > 0).map((each) => each % index))]));
  fc.assert(
    fc.property(graph, fc.integer(), (deps, seed) => {
      const assets = deps.map((list, index) =>
        describe(
          `a${index}`,
          list.map((each) => `a${each}`),
        ),
      );
      const shuffled = assets.toSorted((a, b) => ((a.key.length * seed) % 7) - ((b.key.length * seed) % 7));
      const keys = arrangeAssets(shuffled).map((row) => row.asset.key);
      expect(keys.toSorted()).toEqual(assets.map((asset) => asset.key).toSorted());
      for (const asset of assets) {
        for (const dep of asset.deps) expect(keys.indexOf(dep)).toBeLessThan(keys.indexOf(asset.key));
      }
    }),
  );
});
