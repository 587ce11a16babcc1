import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutputLines } from './output-lines.ts';

function collect(writes: readonly (readonly [string, 'stdout' | 'stderr', string])[]): string[] {
  const lines: string[] = [];
  const output = new OutputLines((stepKey, line) => lines.push(`${stepKey}: ${line}`));
  for (const [stepKey, stream, text] of writes) output.write(stepKey, stream, text);
  output.end();
  return lines;
}

test('pieces of a line are joined, each stream of each step by itself', () => {
  const lines = collect([
    ['a', 'stdout', 'one '],
    ['b', 'stdout', 'other\n'],
    ['a', 'stderr', 'warning\n'],
    ['a', 'stdout', 'line\nrest'],
  ]);
  expect(lines).toEqual(['b: other', 'a: warning', 'a: one line', 'a: rest']);
});

test('of a progress bar, what was last drawn is kept', () => {
  expect(collect([['a', 'stderr', '10%\r50%\r100%\r\nnext\r\n']])).toEqual(['a: 100%', 'a: next']);
});

test('however a text is cut, its lines are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (pieces) => {
      const whole = pieces.join('\n');
      const cut = whole.split('').map((unit) => ['a', 'stdout', unit] as const);
      expect(collect(cut)).toEqual(collect([['a', 'stdout', whole]]));
    }),
  );
});

test('a line without an end is handed over in parts', () => {
  const lines = collect(Array.from({ length: 10 }, () => ['a', 'stdout', 'x'.repeat(40_000)] as const));
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.map((line) => line.length - 3).reduce((sum, length) => sum + length)).toBe(400_000);
});
