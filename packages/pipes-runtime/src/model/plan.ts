import { PipesError } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from '../errors.ts';
import type { AssetKeyString, StepKey } from './keys.ts';

/** An asset that a step needs, and the step that makes it. */
export interface Dependency {
  readonly stepKey: StepKey;
  readonly assetKey: AssetKeyString;
}

export interface PlannedStep {
  readonly key: StepKey;
  readonly dependsOn: readonly Dependency[];
}

/** The steps of a run with their order. */
export interface Plan {
  /** By level, keys sorted inside a level: a step comes after all that it depends on. */
  readonly steps: readonly PlannedStep[];
  /** Each level needs only levels before it. */
  readonly levels: readonly (readonly StepKey[])[];
}

/**
 * Orders steps. A dependency on a step that is not among them is taken as met: it is of another run.
 *
 * @throws PipesError PIPES_DEFINITION_INVALID for a cycle, with its path
 */
export function makePlan(steps: Iterable<PlannedStep>): Plan {
  const known = new Map(Array.from(steps, (step) => [step.key, step]));
  const inside = new Map<StepKey, PlannedStep>();
  for (const step of known.values()) {
    inside.set(step.key, { ...step, dependsOn: step.dependsOn.filter((each) => known.has(each.stepKey)) });
  }
  const { levels, stuck } = layer(inside);
  if (stuck.size > 0) {
    throw new PipesError<RuntimeErrorCode>(
      'PIPES_DEFINITION_INVALID',
      `Steps depend on each other in a circle: ${describeCycle(walkCycle(stuck))}.`,
    );
  }
  return { levels, steps: levels.flat().flatMap((key) => inside.get(key) ?? []) };
}

/** A circle of steps, each depending on the next and the last being the first again, or nothing. */
export function findCycle(steps: Iterable<PlannedStep>): readonly StepKey[] | undefined {
  const { stuck } = layer(new Map(Array.from(steps, (step) => [step.key, step])));
  return stuck.size === 0 ? undefined : walkCycle(stuck);
}

export const describeCycle = (cycle: readonly StepKey[]): string => cycle.join(' → ');

interface Layers {
  readonly levels: readonly (readonly StepKey[])[];
  /** Steps that are in a circle, or behind one. */
  readonly stuck: ReadonlyMap<StepKey, PlannedStep>;
}

/** Kahn's algorithm, a level at a time. */
function layer(steps: ReadonlyMap<StepKey, PlannedStep>): Layers {
  const stuck = new Map(steps);
  const unmet = new Map<StepKey, number>();
  const dependents = new Map<StepKey, StepKey[]>();
  for (const step of steps.values()) {
    const upstream = upstreamSteps(step).filter((key) => steps.has(key));
    unmet.set(step.key, upstream.length);
    for (const key of upstream) appendTo(dependents, key, step.key);
  }
  const levels: StepKey[][] = [];
  let level = [...unmet].filter(([, count]) => count === 0).map(([key]) => key);
  while (level.length > 0) {
    levels.push(level.toSorted());
    const next: StepKey[] = [];
    for (const key of level) {
      stuck.delete(key);
      for (const dependent of dependents.get(key) ?? []) {
        const left = (unmet.get(dependent) ?? 0) - 1;
        unmet.set(dependent, left);
        if (left === 0) next.push(dependent);
      }
    }
    level = next;
  }
  return { levels, stuck };
}

/** The steps that a step waits for, each once. */
export function upstreamSteps(step: PlannedStep): readonly StepKey[] {
  return [...new Set(step.dependsOn.map((each) => each.stepKey))];
}

/** Every stuck step depends on a stuck one, so following them must come back to where it has been. */
function walkCycle(stuck: ReadonlyMap<StepKey, PlannedStep>): readonly StepKey[] {
  const path: StepKey[] = [];
  const place = new Map<StepKey, number>();
  let [key] = stuck.keys();
  while (key !== undefined && !place.has(key)) {
    place.set(key, path.push(key) - 1);
    key = stuck.get(key)?.dependsOn.find((each) => stuck.has(each.stepKey))?.stepKey;
  }
  return key === undefined ? path : [...path.slice(place.get(key)), key];
}

function appendTo(lists: Map<StepKey, StepKey[]>, key: StepKey, value: StepKey): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
