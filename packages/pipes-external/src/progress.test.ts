import { expect, test } from 'vitest';
import { Progress } from './progress.ts';

/** Says what came out at each of the times, and at the end. */
function told(updates: readonly (readonly [at: number, done: number, total?: number])[]): (string | undefined)[] {
  let now = 0;
  const progress = new Progress(() => now);
  const said = updates.map(([at, done, total]) => {
    now = at;
    return progress.update(done, total);
  });
  return [...said, progress.rest()];
}

test('the first at once, then one a second, and the last at the end', () => {
  expect(
    told([
      [0, 1],
      [500, 2],
      [999, 3],
      [1000, 4],
      [1500, 5],
    ]),
  ).toStrictEqual(['progress 1', undefined, undefined, 'progress 4', undefined, 'progress 5']);
});

test('what completes the work is said at once, and not again', () => {
  expect(
    told([
      [0, 1, 3],
      [1, 2, 3],
      [2, 3, 3],
      [3, 3, 3],
    ]),
  ).toStrictEqual(['progress 1/3 (33 %)', undefined, 'progress 3/3 (100 %)', undefined, undefined]);
});

test('no work at all has no share', () => {
  expect(told([[0, 0, 0]])).toStrictEqual(['progress 0/0', undefined]);
});
