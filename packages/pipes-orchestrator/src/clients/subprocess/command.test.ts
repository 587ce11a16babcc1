import { expect, test } from 'vitest';
import { isNpmRun, looksLikeShell, parseCommand } from './command.ts';

test('a program and its arguments come in either form', () => {
  expect(parseCommand('node', ['a b', '$HOME'])).toEqual(parseCommand(['node', 'a b', '$HOME']));
  expect(parseCommand(['node', 'a'], ['b']).args).toEqual(['a', 'b']);
});

test('the text quotes what a reader would misread, and stays short', () => {
  expect(parseCommand(['node', 'my script.mjs', '--n=1', '']).text).toBe('node "my script.mjs" --n=1 ""');
  expect(parseCommand(['echo', 'x'.repeat(10_000)]).text.length).toBeLessThan(250);
});

test.each([
  ['npm run build', true],
  ['npm --silent run-script build', true],
  ['/usr/bin/npm test', true],
  ['npm.cmd start', true],
  ['npx tool', true],
  ['npm install', false],
  ['npm', false],
  ['node run', false],
])('%s runs a script through npm: %s', (words, expected) => {
  expect(isNpmRun(parseCommand(words.split(' ')))).toBe(expected);
});

test('only a lone string with spaces looks like a shell command', () => {
  expect(looksLikeShell(parseCommand('node script.mjs'))).toBe(true);
  expect(looksLikeShell(parseCommand('My Program', ['x']))).toBe(false);
  expect(looksLikeShell(parseCommand('node'))).toBe(false);
});
