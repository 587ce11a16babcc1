import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeMissing, expectUpTo, isComplete, NOTHING_CAME, takeNumber } from './numbering.ts';

test('whatever came, in whatever order, what is missing is named exactly', () => {
  const numbers = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 100 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 0, max: 60 }), (came, announced) => {
      let numbering = NOTHING_CAME;
      const seen = new Set<number>();
      for (const number of came) {
        const taken = takeNumber(numbering, number);
        expect(taken.arrival === 'duplicate').toBe(seen.has(number));
        seen.add(number);
        numbering = taken.numbering;
      }
      numbering = expectUpTo(numbering, announced);
      const expected = Array.from({ length: Math.max(announced, ...seen, 0) }, (_, at) => at + 1).filter(
        (number) => !seen.has(number),
      );
      const missing = numbering.missing.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, at) => first + at),
      );
      expect(missing).toEqual(expected);
      expect(isComplete(numbering)).toBe(expected.length === 0);
    }),
  );
});

test('ten thousand gaps are counted without being kept', () => {
  let numbering = NOTHING_CAME;
  for (let number = 2; number <= 20_000; number += 2) numbering = takeNumber(numbering, number).numbering;
  expect(numbering.missing).toHaveLength(1_000);
  expect(describeMissing(numbering)).toMatch(/^1, 3, 5, .*, 39, 9980 more$/);
  expect(isComplete(numbering)).toBe(false);
});

test('late numbers that tear one gap into ten thousand are counted without being kept', () => {
  let numbering = expectUpTo(NOTHING_CAME, 1e15);
  for (let number = 2; number <= 20_000; number += 2) numbering = takeNumber(numbering, number).numbering;
  expect(numbering.missing).toHaveLength(1_000);
  expect(isComplete(numbering)).toBe(false);
});

test('an announced total far away costs nothing', () => {
  const numbering = expectUpTo(NOTHING_CAME, 1e15);
  expect(describeMissing(numbering)).toBe('1-1000000000000000');
});
