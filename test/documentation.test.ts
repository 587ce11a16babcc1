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

/** Takes out of a text what differs from run to run: ids and durations. */
function withoutChance(text: string): string {
  return text
    .trim()
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\b[\d.]+ ?m?s\b/g, '<time>');
}

const pages = ['README.md', 'ARCHITECTURE.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];

describe.each(pages.filter((page) => page.endsWith('.md')))('the links of %s', (page) => {
  const links = Array.from(read(page).matchAll(/\[([^\]]+)\]\(([^)#\s]+)[^)]*\)/g), ([, text, target]) => ({
    text: text ?? '',
    target: target ?? '',
  })).filter(({ target }) => !target.startsWith('http'));
  const resolve = (target: string): string => join(dirname(page), target);

  test('lead to something', () => {
    expect(links.filter(({ target }) => !existsSync(join(ROOT, resolve(target))))).toEqual([]);
  });

  test('that name a test name one that is there', () => {
    const named = links.filter(({ target }) => target.endsWith('.test.ts'));
    expect(named.filter(({ text, target }) => !read(resolve(target)).includes(text))).toEqual([]);
  });
});
