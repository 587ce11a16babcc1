import { PipesError } from 'pipes-external/protocol';
import { expect, test } from 'vitest';
import { asset } from './asset.ts';
import { assetCheck } from './asset-check.ts';
import { define } from './define.ts';
import { multiAsset } from './multi-asset.ts';
import { resource } from './resource.ts';

const run = (): void => undefined;
const raw = asset('raw', { run: () => 1 });

/** What a factory says to options that the types forbid. */
function refusalOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (PipesError.is(error) && error.code === 'PIPES_DEFINITION_INVALID') return error.message;
    throw error;
  }
  return '';
}

// JavaScript has no types, and what is imported in a circle is undefined whatever they say.
const later = undefined as never;
test.each<[string, () => unknown, readonly string[]]>([
  [
    'an asset, all of it at once',
    () => asset('x', { rnu: run, dpes: ['zz'], group: 3, tags: { a: 1 }, partitions: 'day', config: {} } as never),
    [
      'asset "x": "run" is missing: add it',
      '"rnu" is not an option: did you mean "run"?',
      '"dpes" is not an option: did you mean "deps"?',
      'group is 3: it must be a string',
      'tags.a is 1: it must be a string',
      'partitions is "day": it must be staticPartitions(…) or timePartitions(…)',
      'config is an object: it must be a Zod schema',
    ],
  ],
  [
    'an asset with what is not there yet',
    () => asset('x', { inputs: { later }, deps: [raw, later], resources: { db: later }, run }),
    [
      'asset "x": inputs.later is undefined (a circular import?): it must be an asset(…)',
      'asset "x": deps[1] is undefined (a circular import?)',
      'asset "x": resources.db is undefined (a circular import?)',
    ],
  ],
  [
    'an asset whose run is no function',
    () => asset('x', { run: 'nope' as never }),
    ['run is "nope": it must be a function'],
  ],
  [
    'an asset without options',
    () => asset('x', later),
    ['asset "x" is given undefined where its options belong: { run }'],
  ],
  ['an asset without a key', () => asset(later, { run }), ['the key of an asset is undefined']],
  [
    'a multi-asset',
    () => multiAsset('m', { specs: [{ key: later }, later, { key: 'a', dep: [] } as never], run }),
    [
      'multi-asset "m": specs[0]: key is undefined',
      'multi-asset "m": specs[1] is given undefined',
      'multi-asset "m": specs[2]: "dep" is not an option: did you mean "deps"?',
    ],
  ],
  [
    'a check',
    () => assetCheck('a', { name: 'ok', run: later, severity: 'WARN' } as never),
    ['check of "a": run is undefined', '"severity" is not an option: it takes name, run, description'],
  ],
  [
    'a check of nothing yet',
    () => assetCheck(later as 'a', { name: 'ok', run: () => ({ passed: true }) }),
    ['what the check "ok" looks at is undefined (a circular import?): it must be an asset(…), or a key'],
  ],
  ['a resource', () => resource({ make: run } as never), ['"create" is missing', '"make" is not an option']],
  [
    'all definitions',
    () => define({ asset: [raw] } as never),
    ['define: "assets" is missing', 'did you mean "assets"?'],
  ],
])('options that the types forbid are refused by name: %s', (_what, make, problems) => {
  const refusal = refusalOf(make);
  for (const problem of problems) expect(refusal).toContain(problem);
});
