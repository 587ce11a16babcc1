import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The heading of each table in docs/errors.md, and the union that it documents. */
const unions = new Map([['Protocol', 'packages/pipes-external/src/protocol/errors.ts']]);
for (const file of globSync('packages/*/src/errors.ts', { cwd: root })) unions.set(file.split('/')[1] ?? '', file);

const sections = new Map(
  read('docs/errors.md')
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

test('docs/errors.md has a table for each package', () => {
  expect([...sections.keys()].toSorted()).toStrictEqual([...unions.keys()].toSorted());
});

test.each([...unions])('%s: every code has its cause and its remedy, and no other is documented', (heading, file) => {
  const declared = Array.from(read(file).matchAll(/'(PIPES_\w+)'/g), ([, code]) => code);
  const rows = Array.from(
    (sections.get(heading) ?? '').matchAll(/^\| `(PIPES_\w+)` \| (.+) \| (.+) \|$/gm),
    ([, code]) => code,
  );
  expect(declared).not.toStrictEqual([]);
  expect(rows).toStrictEqual(declared);
});

test('every code that a package throws is in its union, or in that of a package below', () => {
  const declared = new Set([...unions.values()].flatMap((file) => read(file).match(/PIPES_\w+/g) ?? []));
  const thrown = globSync('packages/*/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts') && existsSync(join(root, file)))
    .flatMap((file) =>
      Array.from(read(file).matchAll(/PipesError(?:<\w+>)?\(\s*'(PIPES_\w+)'/g), ([, code]) => code ?? ''),
    );
  expect(thrown).not.toStrictEqual([]);
  expect(thrown.filter((code) => !declared.has(code))).toStrictEqual([]);
});
