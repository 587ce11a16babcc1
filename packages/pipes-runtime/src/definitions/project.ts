import type { AssetGraph } from '../model/asset-graph.ts';
import type { AssetKeyString, StepKey } from '../model/keys.ts';
import type { PlannedStep } from '../model/plan.ts';
import type { ResourceDef } from './resource.ts';
import { type StepDef, upstreamOf } from './step-def.ts';

export const PROJECT = Symbol.for('pipes.project');

/** Definitions that were judged and fit each other. Made by `define`. */
export interface Project {
  readonly [PROJECT]: true;
  readonly name: string;
  readonly steps: ReadonlyMap<StepKey, StepDef>;
  /** The step that makes an asset. */
  readonly makers: ReadonlyMap<AssetKeyString, StepDef>;
  readonly graph: AssetGraph;
  readonly resources: ReadonlyMap<string, ResourceDef>;
}

/** Whether a value is what `define` returned, also from another copy of this package. */
export function isProject(value: unknown): value is Project {
  return typeof value === 'object' && value !== null && PROJECT in value;
}

/** Steps as a plan wants them: what each needs, and who makes it. */
export function planSteps(
  steps: Iterable<StepDef>,
  makers: ReadonlyMap<AssetKeyString, StepDef>,
): readonly PlannedStep[] {
  return Array.from(steps, (step) => ({
    key: step.stepKey,
    dependsOn: upstreamOf(step).flatMap((assetKey) => {
      const maker = makers.get(assetKey);
      return maker === undefined ? [] : [{ assetKey, stepKey: maker.stepKey }];
    }),
  }));
}
