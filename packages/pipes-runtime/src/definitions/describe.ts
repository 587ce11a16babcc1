import type { AssetKeyString, StepKey } from '../model/keys.ts';
import type { PartitionsDef } from '../model/partitions.ts';
import type { Tags } from '../model/run.ts';
import type { Project } from './project.ts';
import type { AssetSpec, CheckSpec, StepDef } from './step-def.ts';

export interface PartitionsDescription {
  readonly kind: PartitionsDef['kind'];
  readonly count: number;
  /** Undefined when there are none yet. */
  readonly first: string | undefined;
  readonly last: string | undefined;
}

/** An asset, for people who want to know what there is. */
export interface AssetDescription {
  readonly key: AssetKeyString;
  readonly kind: 'asset' | 'multi-asset';
  /** The step that makes it. */
  readonly stepKey: StepKey;
  readonly deps: readonly AssetKeyString[];
  readonly partitions: PartitionsDescription | undefined;
  readonly checks: readonly CheckSpec[];
  readonly description: string | undefined;
  readonly group: string | undefined;
  readonly codeVersion: string | undefined;
  readonly tags: Tags;
}

/** Every asset of a project, in the order of their definition. `now` decides which time partitions are over. */
export function describe(project: Project, now: Date = new Date()): readonly AssetDescription[] {
  const checks = new Map<AssetKeyString, CheckSpec[]>([...project.makers.keys()].map((key) => [key, []]));
  for (const step of project.steps.values()) {
    for (const check of step.checks) checks.get(check.assetKey)?.push(check);
  }
  return [...project.steps.values()].flatMap((step) =>
    step.assets.map((asset) => describeAsset({ project, step, asset, checks: checks.get(asset.key) ?? [], now })),
  );
}

interface Described {
  readonly project: Project;
  readonly step: StepDef;
  readonly asset: AssetSpec;
  readonly checks: readonly CheckSpec[];
  readonly now: Date;
}

function describeAsset({ project, step, asset, checks, now }: Described): AssetDescription {
  return {
    key: asset.key,
    kind: step.kind === 'multi-asset' ? 'multi-asset' : 'asset',
    stepKey: step.stepKey,
    deps: project.graph.assets.get(asset.key)?.upstream ?? [],
    partitions: step.partitions === undefined ? undefined : describePartitions(step.partitions, now),
    checks,
    description: asset.description,
    group: asset.group,
    codeVersion: asset.codeVersion,
    tags: step.tags,
  };
}

function describePartitions(partitions: PartitionsDef, now: Date): PartitionsDescription {
  const count = partitions.count(now);
  const first = count === 0 ? undefined : partitions.keyAt(0);
  return { kind: partitions.kind, count, first, last: count === 0 ? undefined : partitions.keyAt(count - 1) };
}
