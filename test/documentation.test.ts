import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('README.md', () => {
  // A block of code follows a comment that names the file, or the command, that it is taken from.
  const blocks = Array.from(
    read('README.md').matchAll(/<!-- (.+?) -->\n+```\w*\n([\s\S]*?)```/g),
    ([, source, text]) => ({
      source: source ?? '',
      text: text ?? '',
    }),
  );
  const isCommand = ({ source }: { readonly source: string }): boolean => source.startsWith('pipes ');

  test('shows files and a run of them', () => {
    expect(blocks.filter(isCommand)).not.toEqual([]);
    expect(blocks.filter((block) => !isCommand(block))).not.toEqual([]);
  });

  test.each(blocks.filter((block) => !isCommand(block)))('has $source as it is', ({ source, text }) => {
    expect(text).toBe(read(source));
  });

  test.each(blocks.filter(isCommand))('has what "$source" prints', ({ source, text }) => {
    const cli = join(ROOT, 'packages', 'pipes-cli', 'src', 'main.ts');
    const env = { ...process.env, COLUMNS: '100', NO_COLOR: '1' };
    const run = spawnSync(process.execPath, [cli, ...source.split(' ').slice(1)], { cwd: ROOT, encoding: 'utf8', env });
    expect(withoutChance(text)).toBe(withoutChance(run.stdout + run.stderr));
  });
});

test('docs/benchmarks.md has what was measured', () => {
  const [, measured = ''] = /<!-- measured -->([\s\S]*)<!-- \/measured -->/.exec(read('docs/benchmarks.md')) ?? [];
  const rows = measured.split('\n').filter((line) => line.startsWith('|'));
  // The first two are the head of the table.
  expect(rows.slice(2)).not.toEqual([]);
});

/** Takes out of a text what differs from run to run: ids, times and durations. */
function withoutChance(text: string): string {
  return text
    .trim()
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/(?<=process |pid +)\d+/g, '<id>')
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, '<time>')
    .replaceAll(/\d[\d.]*m?s|(?<=duration_ms +)\d+/g, '<duration>');
}

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  ...readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}/README.md`),
];

describe.each(pages.filter((page) => page.endsWith('.md')))('the links of %s', (page) => {
  const links = linksIn(read(page)).filter(({ target }) => !target.startsWith('http'));
  const resolve = (target: string): string => join(dirname(page), target);

  test('lead to something', () => {
    expect(links.filter(({ target }) => !existsSync(join(ROOT, resolve(target))))).toEqual([]);
  });

  test('that name a test name one that is there', () => {
    const named = links.filter(({ target }) => target.endsWith('.test.ts'));
    expect(named.filter(({ text, target }) => !read(resolve(target)).includes(text))).toEqual([]);
  });
});

/** `[text](target)` and `[text][reference]`. */
function linksIn(markdown: string): readonly { readonly text: string; readonly target: string }[] {
  const references = new Map(
    Array.from(markdown.matchAll(/^\[(.+?)\]: (\S+)$/gm), ([, name, target]) => [name, target] as const),
  );
  return Array.from(
    markdown.matchAll(/\[([^\]]+)\](?:\(([^)#\s]+)[^)]*\)|\[(.+?)\])/g),
    ([, text, inline, reference]) => ({
      text: text ?? '',
      target: inline ?? references.get(reference) ?? `no reference [${reference}]`,
    }),
  );
}
