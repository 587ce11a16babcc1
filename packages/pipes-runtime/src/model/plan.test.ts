import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCycle, makePlan, type PlannedStep } from './plan.ts';

const step = (key: string, ...needs: readonly string[]): PlannedStep => ({
  key,
  dependsOn: needs.map((each) => ({ stepKey: each, assetKey: each })),
});

test('steps come by level, sorted inside a level', () => {
  const plan = makePlan([step('d', 'b', 'c'), step('c', 'a'), step('b', 'a'), step('a'), step('z')]);
  expect(plan.levels).toEqual([['a', 'z'], ['b', 'c'], ['d']]);
  expect(plan.steps.map((each) => each.key)).toEqual(['a', 'z', 'b', 'c', 'd']);
});

test('what is not among the steps is taken as met', () => {
  expect(makePlan([step('b', 'a')]).steps).toEqual([step('b')]);
});

test('a step that needs two assets of one step waits for it once', () => {
  const both = { key: 'b', dependsOn: ['x', 'y'].map((assetKey) => ({ stepKey: 'a', assetKey })) };
  expect(makePlan([both, step('a')]).levels).toEqual([['a'], ['b']]);
});

test('a circle is shown with its path, and what leads to it is left out', () => {
  const steps = [step('a', 'c'), step('b', 'a'), step('c', 'b'), step('behind', 'c'), step('free')];
  const cycle = findCycle(steps) ?? [];
  expect(cycle[0]).toBe(cycle.at(-1));
  expect([...new Set(cycle)].toSorted()).toEqual(['a', 'b', 'c']);
  expect(() => makePlan(steps)).toThrow(/circle: .* → .* → .* → /);
  expect(findCycle([step('a', 'a')])).toEqual(['a', 'a']);
});

/** Whether the order that was found is one, or the circle that was found is one. */
function isRight(steps: readonly PlannedStep[]): boolean {
  const needs = new Map(steps.map((each) => [each.key, each.dependsOn.map((need) => need.stepKey)]));
  const cycle = findCycle(steps);
  if (cycle !== undefined)
    return cycle.slice(0, -1).every((key, index) => needs.get(key)?.includes(cycle[index + 1] ?? ''));
  const place = new Map(makePlan(steps).steps.map((each, index) => [each.key, index]));
  const isAfter = (key: string, need: string): boolean => (place.get(key) ?? -1) > (place.get(need) ?? Infinity);
  return place.size === steps.length && [...needs].every(([key, list]) => list.every((need) => isAfter(key, need)));
}

test('random graphs are layered, or a circle is found that is one', () => {
  const names = Array.from({ length: 8 }, (_, index) => `s${index}`);
  const graphs = fc.tuple(...names.map(() => fc.subarray(names, { maxLength: 2 })));
  fc.assert(
    fc.property(graphs, (needs) => {
      expect(isRight(names.map((name, index) => step(name, ...(needs[index] ?? []))))).toBe(true);
    }),
  );
});
