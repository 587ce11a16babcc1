import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCycles, findForbiddenImports, importsOf, LAYERS } from './architecture.ts';

const root = join(import.meta.dirname, '..');
const packages = join(root, 'packages');
const files = globSync('*/src/**/*.ts', { cwd: packages }).filter((file) => !file.endsWith('.test.ts'));
const sources = new Map(files.map((file) => [file, readFileSync(join(packages, file), 'utf8')]));

describe('the packages', () => {
  test('import only what their layers allow', () => {
    expect(sources.size).toBeGreaterThan(50);
    expect(findForbiddenImports(sources)).toStrictEqual([]);
  });

  test('have no cycles between files', () => {
    expect(findCycles(sources)).toStrictEqual([]);
  });

  test('have no folder without a meaning', () => {
    const folders = new Set(files.flatMap((file) => file.split('/').slice(0, -1)));
    expect(
      ['utils', 'util', 'common', 'helpers', 'types', 'shared', 'misc', 'interfaces'].filter((name) =>
        folders.has(name),
      ),
    ).toStrictEqual([]);
  });

  test('export by name, never by default and never all at once', () => {
    const offenders = [...sources].filter(([, text]) => /^export (default\b|\*)/m.test(text)).map(([file]) => file);
    expect(offenders).toStrictEqual([]);
  });

  test('never write to the console: that belongs to the program that uses them', () => {
    const offenders = [...sources]
      .filter(([, text]) => /^(?!\s*(\*|\/\/)).*\bconsole\./m.test(text))
      .map(([file]) => file);
    expect(offenders).toStrictEqual([]);
  });

  test.each(globSync('*/package.json', { cwd: packages }))('%s exports sources that exist', (file) => {
    const { exports } = JSON.parse(readFileSync(join(packages, file), 'utf8')) as {
      exports: Record<string, { '@pipes/source'?: string }>;
    };
    const targets = Object.values(exports).flatMap((entry) => entry['@pipes/source'] ?? []);
    expect(targets.filter((target) => !existsSync(join(packages, file, '..', target)))).toStrictEqual([]);
  });
});

test('the rules are those of ARCHITECTURE.md', () => {
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const table = page.slice(page.indexOf('| layer | may import |')).split('\n\n')[0] ?? '';
  const rows = table.split('\n').slice(2).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())); // prettier-ignore
  const rules = [...new Set(LAYERS.map(({ row }) => row.join('|')))].map((row) => row.split('|'));
  expect(rules).toStrictEqual(rows);
});

describe('a planted violation is found', () => {
  const plant = (file: string, text: string): readonly string[] =>
    findForbiddenImports(new Map([...sources, [file, text]]), file);
  const protocol = 'pipes-external/src/protocol/planted.ts';

  test.each([
    [protocol, `import { readFileSync } from 'node:fs';`, 'node:fs'],
    [protocol, `import { openDagsterPipes } from '../open.ts';`, '../open.ts'],
    [protocol, `export { x } from 'zod';`, 'zod'],
    [protocol, `const x = await import('execa');`, 'execa'],
    [protocol, `let x: import('execa').Options;`, 'execa'],
    [protocol, `import './missing.ts';`, './missing.ts'],
    ['pipes-external/src/planted.ts', `const zod = require('zod');`, 'zod'],
    ['pipes-external/src/planted.ts', `import 'pipes-external/protocol';`, 'pipes-external/protocol'],
    ['pipes-orchestrator/src/planted.ts', `import { x } from 'pipes-external';`, 'pipes-external'],
    ['pipes-orchestrator/src/planted.ts', `import { x } from '../../pipes-external/src/errors.ts';`, '../../pipes-external/src/errors.ts'],
    ['pipes-runtime/src/model/planted.ts', `import 'node:path';`, 'node:path'],
    ['pipes-runtime/src/definitions/planted.ts', `import { type X } from 'pipes-orchestrator';`, 'pipes-orchestrator'],
    ['pipes-runtime/src/storage/planted.ts', `import type { Asset } from '../index.ts';`, '../index.ts'],
    ['pipes-cli/src/planted.ts', `import { x } from '../../pipes-runtime/src/errors.ts';`, '../../pipes-runtime/src/errors.ts'],
  ])('%s: %s', (file, text, specifier) => {
    expect(plant(file, text)).toStrictEqual([`${file} may not import ${specifier}`]);
  }); // prettier-ignore

  test.each([
    [protocol, `import { deflateSync } from 'node:zlib';`],
    [protocol, `import { JsonFloat } from './json.ts'; // import 'zod'`],
    ['pipes-orchestrator/src/planted.ts', `import { decodeParam } from 'pipes-external/protocol'; import { z } from 'zod';`],
    ['pipes-runtime/src/definitions/planted.ts', `import type { PipesSession } from 'pipes-orchestrator';`],
    ['pipes-runtime/src/model/planted.ts', `import type { RuntimeErrorCode } from '../errors.ts';`],
    ['pipes-cli/src/planted.ts', `import { Command } from 'commander'; await import(file);`],
  ])('and nothing else: %s: %s', (file, text) => {
    expect(plant(file, text)).toStrictEqual([]);
  }); // prettier-ignore

  test('a cycle is found, unless it is of types', () => {
    const pair = (keyword: string) =>
      new Map([['p/src/a.ts', `import { b } from './b.ts';`], ['p/src/b.ts', `${keyword} { A } from './a.ts';`]]); // prettier-ignore
    expect(findCycles(pair('import'))).toStrictEqual(['p/src/a.ts → p/src/b.ts → p/src/a.ts']);
    expect(findCycles(pair('import type'))).toStrictEqual([]);
  });
});

test('imports are found in every form', () => {
  const text = [
    `import a from 'a'; import 'b'; import type { C } from 'c'; import { type D } from 'd';`,
    `export { e } from 'e'; export type { F } from 'f'; export * from 'g';`,
    `const h = await import('h'); type I = import('i').I; const j = require('j');`,
    `// import 'no'`,
    `const text = "import 'no'";`,
  ].join('\n');
  const imports = importsOf('x.ts', text);
  expect(imports.map(({ specifier }) => specifier).join('')).toBe('abcdefghij');
  expect(imports.filter(({ typeOnly }) => typeOnly).map(({ specifier }) => specifier).join('')).toBe('cfi'); // prettier-ignore
});
