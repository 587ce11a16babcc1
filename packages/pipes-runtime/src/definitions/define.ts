import { makeAssetGraph } from '../model/asset-graph.ts';
import type { AssetKeyString } from '../model/keys.ts';
import type { CheckDef } from './asset-check.ts';
import { definitionProblems } from './definition-problems.ts';
import type { Definitions } from './definitions.ts';
import { optionProblems, refuse } from './option-rules.ts';
import { SHAPES } from './option-shapes.ts';
import { PROJECT, type Project } from './project.ts';
import { type StepDef, upstreamOf } from './step-def.ts';

/**
 * Puts definitions together, and judges them: keys, dependencies, resources, circles.
 *
 * @throws PipesError PIPES_DEFINITION_INVALID naming every problem, with its remedy
 */
export function define(definitions: Definitions): Project {
  refuse(optionProblems('define', definitions, SHAPES.define));
  const { assets, checks = [], resources = {}, name = 'assets' } = definitions;
  const makers = makersOf(assets);
  const steps: readonly StepDef[] = [...assets, ...checks.map((check) => withPartitions(check, makers))];
  const named = new Map(Object.entries(resources));
  refuse(definitionProblems({ steps, makers, resources: named }));
  return {
    [PROJECT]: true,
    name,
    steps: new Map(steps.map((step) => [step.stepKey, step])),
    makers,
    graph: graphOf(steps),
    resources: named,
  };
}

function makersOf(assets: readonly StepDef[]): ReadonlyMap<AssetKeyString, StepDef> {
  return new Map(assets.flatMap((step) => step.assets.map((each) => [each.key, step] as const)));
}

/** A check works on the partitions of its asset. One that names its asset by key learns them here. */
function withPartitions(check: CheckDef, makers: ReadonlyMap<AssetKeyString, StepDef>): StepDef {
  const target = check.checks[0]?.assetKey ?? '';
  return { ...check, partitions: makers.get(target)?.partitions };
}

function graphOf(steps: readonly StepDef[]): Project['graph'] {
  const nodes = steps.flatMap((step) => {
    const fromInputs = step.kind === 'multi-asset' ? [] : upstreamOf(step);
    return step.assets.map(({ key, deps, group }) => {
      const upstream = [...new Set([...fromInputs, ...deps])];
      return { key, stepKey: step.stepKey, group, tags: step.tags, upstream };
    });
  });
  const checks = steps.flatMap((step) => step.checks.map((check) => ({ ...check, stepKey: step.stepKey })));
  return makeAssetGraph(nodes, checks);
}
