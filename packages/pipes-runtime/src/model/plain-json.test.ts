import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonProblem } from './plain-json.ts';

test('what JSON gives back as it was is JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(jsonProblem(value)).toBeUndefined();
    }),
  );
  const shared = { a: 1 };
  expect(jsonProblem({ first: shared, second: shared, missing: undefined })).toBeUndefined();
});

const circle: Record<string, unknown> = {};
circle['of'] = { itself: circle };

test.each([
  [{ a: { since: new Date(0) } }, 'a.since: a Date is not JSON'],
  [{ a: [1, 2n] }, 'a.1: a bigint is not JSON'],
  [{ a: NaN }, 'a: NaN is not JSON'],
  [{ a: [undefined] }, 'a.0: undefined is not JSON'],
  [() => 1, 'it: a function is not JSON'],
  [new Map(), 'it: a Map is not JSON'],
  [circle, 'of.itself: it holds itself'],
])('what is not JSON is named with its place: %#', (value, problem) => {
  expect(jsonProblem(value)).toBe(problem);
});
