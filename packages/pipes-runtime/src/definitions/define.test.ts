import { PipesError } from 'pipes-external/protocol';
import { expect, test } from 'vitest';
import { asset } from './asset.ts';
import { assetCheck } from './asset-check.ts';
import { define } from './define.ts';
import type { Definitions } from './definitions.ts';
import { describe } from './describe.ts';
import { multiAsset } from './multi-asset.ts';
import { staticPartitions, timePartitions } from './partitions.ts';
import { isProject } from './project.ts';
import { resource } from './resource.ts';

const run = (): void => undefined;
const raw = asset('raw', { run: () => 1 });

/** The problems that define names, without its headline. */
function problemsOf(definitions: Definitions): readonly string[] {
  try {
    define(definitions);
  } catch (error) {
    if (!PipesError.is(error) || error.code !== 'PIPES_DEFINITION_INVALID') throw error;
    return error.message
      .replace(/ \[PIPES_\w+\]$/, '')
      .split('\n  - ')
      .slice(1);
  }
  return [];
}

const db = resource({ create: () => 1 });
const other = resource({ create: () => 2 });

test.each<[string, Definitions, string]>([
  ['an empty key', { assets: [asset('', { run })] }, 'asset "": the key "" is empty, or begins or ends with a space'],
  [
    'a key that selections cannot say',
    { assets: [asset('a+b', { run })] },
    'asset "a+b": the key "a+b" holds one of , + * :',
  ],
  [
    'a group that selections cannot say',
    { assets: [asset('a', { group: 'x,y', run })] },
    'asset "a": the group "x,y" holds one of',
  ],
  [
    'a check name that selections cannot say',
    { assets: [asset('a', { checks: [{ name: '' }], run })] },
    'the check name "" is empty',
  ],
  ['a multi-asset of nothing', { assets: [multiAsset('m', { specs: [], run })] }, 'multi-asset "m": it has no specs'],
  [
    'a multi-asset without a name',
    { assets: [multiAsset(' ', { specs: [{ key: 'a' }], run })] },
    'multi-asset " ": its name is empty',
  ],
  [
    'a key twice',
    { assets: [raw, asset('raw', { run })] },
    'asset "raw" and asset "raw": the name "raw" is there twice; rename one',
  ],
  [
    'a key of a multi-asset that is an asset',
    { assets: [raw, multiAsset('m', { specs: [{ key: 'raw' }], run })] },
    'asset "raw" and multi-asset "m": the name "raw" is there twice',
  ],
  [
    'a multi-asset that is called as an asset',
    { assets: [raw, multiAsset('raw', { specs: [{ key: 'b' }], run })] },
    'asset "raw" and multi-asset "raw": the name "raw" is there twice',
  ],
  [
    'a check twice',
    {
      assets: [asset('a', { checks: [{ name: 'ok' }], run })],
      checks: [assetCheck('a', { name: 'ok', run: () => ({ passed: true }) })],
    },
    'asset "a" and check "a:ok": the check "ok" of "a" is there twice',
  ],
  [
    'an unknown dep',
    { assets: [raw, asset('b', { deps: ['rwa'], run })] },
    'asset "b" depends on "rwa", which no asset makes: did you mean "raw"?',
  ],
  [
    'a dep on what was not given',
    { assets: [asset('b', { deps: [raw], run })] },
    'asset "b" depends on "raw", which no asset makes: add it',
  ],
  [
    'an unknown dep of a spec',
    { assets: [multiAsset('m', { specs: [{ key: 'a' }, { key: 'b', deps: ['a', 'zzzz'] }], run })] },
    'multi-asset "m" depends on "zzzz", which no asset makes: add it to the assets given to define()',
  ],
  [
    'an input that was not given',
    { assets: [asset('b', { inputs: { r: raw }, run })] },
    'asset "b" takes "raw" as "r", which is not among the assets',
  ],
  [
    'an input that is another definition',
    { assets: [asset('raw', { run }), asset('b', { inputs: { raw }, run })] },
    'asset "b" takes "raw" as "raw", but another definition of that key is given',
  ],
  [
    'a check of nothing',
    { assets: [raw], checks: [assetCheck('rax', { name: 'ok', run: () => ({ passed: true }) })] },
    'check "rax:ok" depends on "rax", which no asset makes: did you mean "raw"?',
  ],
  [
    'a missing resource',
    { assets: [asset('a', { resources: { db }, run })] },
    'asset "a" uses the resource "db", which is not among those given to define(): add it: define({ resources: { db } })',
  ],
  [
    'another resource of that name',
    { assets: [asset('a', { resources: { db }, run })], resources: { db: other } },
    'the one given to define() under that name is another definition',
  ],
  [
    'a missing resource of a resource',
    { assets: [raw], resources: { pool: resource({ deps: { db }, create: () => 1 }) } },
    'resource "pool" uses the resource "db", which is not among those',
  ],
  [
    'a resource of two names',
    { assets: [raw], resources: { db, again: db } },
    'resources "db" and "again" are one and the same',
  ],
  [
    'a circle',
    { assets: [asset('a', { deps: ['c'], run }), asset('b', { deps: ['a'], run }), asset('c', { deps: ['b'], run })] },
    'steps depend on each other in a circle: a → c → b → a',
  ],
  ['an asset that needs itself', { assets: [asset('a', { deps: ['a'], run })] }, 'in a circle: a → a'],
  [
    'a circle through what one step makes',
    {
      assets: [
        multiAsset('m', { specs: [{ key: 'a' }, { key: 'c', deps: ['b'] }], run }),
        asset('b', { deps: ['a'], run }),
      ],
    },
    'in a circle: m → b → m',
  ],
  [
    'an input that is partitioned otherwise',
    {
      assets: [
        asset('a', { partitions: staticPartitions(['x']), run }),
        asset('b', { inputs: { a: asset('a', { partitions: staticPartitions(['x']), run }) }, run }),
      ],
    },
    'another definition of that key',
  ],
  [
    'a check among the assets',
    { assets: [assetCheck('a', { name: 'x', run: () => ({ passed: true }) }) as never] },
    'define: assets[0] is a check: it must be an asset(…) or a multiAsset(…)',
  ],
  [
    'what was imported in a circle',
    { assets: [raw, undefined as never] },
    'define: assets[1] is undefined (a circular import?): it must be an asset(…)',
  ],
])('%s is refused, with its name and what to do', (_name, definitions, problem) => {
  expect(problemsOf(definitions)).toEqual([expect.stringContaining(problem)]);
});

test('inputs of other partitions are refused: no run could have both', () => {
  const a = asset('a', { partitions: staticPartitions(['x']), run });
  const b = asset('b', { inputs: { a }, partitions: staticPartitions(['y']), run });
  expect(problemsOf({ assets: [a, b] })).toEqual([
    expect.stringContaining('partitioned differently (the partitions "y"; the partitions "x")'),
  ]);
});

test('all problems are named at once', () => {
  const problems = problemsOf({
    assets: [raw, raw, asset('b', { deps: ['nope'], resources: { db }, run }), asset('c', { deps: ['c'], run })],
  });
  expect(problems).toHaveLength(4);
});

test('a project is known as one, and nothing else is', () => {
  expect(isProject(define({ assets: [raw] }))).toBe(true);
  for (const value of [undefined, null, {}, raw, 'project']) expect(isProject(value)).toBe(false);
});

test('a description has everything that a list of assets shows', () => {
  const monthly = asset(['mart', 'monthly'], {
    inputs: { raw },
    group: 'mart',
    tags: { team: 'x' },
    description: 'by month',
    codeVersion: '2',
    partitions: timePartitions({ every: 'year', start: '2012', end: '2016' }),
    checks: [{ name: 'rows' }],
    run: (_ctx, inputs) => inputs.raw,
  });
  const pair = multiAsset('pair', { specs: [{ key: 'left' }, { key: 'right', deps: ['left', monthly] }], run });
  const check = assetCheck(monthly, { name: 'sane', run: (_ctx, value) => ({ passed: value > 0 }) });
  const project = define({ assets: [raw, monthly, pair], checks: [check] });
  expect(describe(project)).toMatchObject([
    { key: 'raw', kind: 'asset', stepKey: 'raw', deps: [], partitions: undefined, checks: [] },
    {
      key: 'mart/monthly',
      deps: ['raw'],
      group: 'mart',
      tags: { team: 'x' },
      description: 'by month',
      codeVersion: '2',
      partitions: { kind: 'time', count: 4, first: '2012', last: '2015' },
      checks: [{ checkName: 'rows' }, { checkName: 'sane' }],
    },
    { key: 'left', kind: 'multi-asset', stepKey: 'pair', deps: [] },
    { key: 'right', kind: 'multi-asset', stepKey: 'pair', deps: ['left', 'mart/monthly'] },
  ]);
  const none = define({ assets: [asset('a', { partitions: timePartitions({ every: 'year', start: '2024' }), run })] });
  expect(describe(none, new Date('2024-05-01'))[0]?.partitions).toEqual({
    kind: 'time',
    count: 0,
    first: undefined,
    last: undefined,
  });
});
