import type { AssetCheckKey, AssetKeyString, StepKey } from '../model/keys.ts';
import type { PartitionsDef } from '../model/partitions.ts';
import type { Tags } from '../model/run.ts';
import type { ConfigSchema, ResourceMap } from './resource.ts';
import type { StepContext } from './step-context.ts';

/** An asset, as the step that makes it declares it. */
export interface AssetSpec {
  readonly key: AssetKeyString;
  readonly deps: readonly AssetKeyString[];
  /** The step may end without having made it; what needs it is then skipped. */
  readonly optional: boolean;
  readonly group: string | undefined;
  readonly description: string | undefined;
  readonly codeVersion: string | undefined;
}

export interface CheckSpec extends AssetCheckKey {
  readonly description: string | undefined;
}

/** The user's function, its types forgotten: `define` has checked that all parts fit. */
export type StepBody = (context: StepContext<unknown>, inputs: Readonly<Record<string, unknown>>) => unknown;

/** What runs as one. Assets, multi-assets and checks are all of this shape. */
export interface StepDef {
  readonly kind: 'asset' | 'multi-asset' | 'check';
  readonly stepKey: StepKey;
  /** What it makes: nothing for a check. */
  readonly assets: readonly AssetSpec[];
  /** What it evaluates. */
  readonly checks: readonly CheckSpec[];
  /** Assets whose values it is given, by the name under which it is. */
  readonly inputs: Readonly<Record<string, StepDef>>;
  /** Assets that must be there before it runs, beside its inputs and what its assets depend on. */
  readonly deps: readonly AssetKeyString[];
  readonly config: ConfigSchema;
  readonly resources: ResourceMap;
  readonly partitions: PartitionsDef | undefined;
  readonly tags: Tags;
  readonly run: StepBody;
}

/** All assets that a step needs and does not make itself, each once. */
export function upstreamOf(step: StepDef): readonly AssetKeyString[] {
  const own = new Set(step.assets.map((asset) => asset.key));
  const needed = [...inputKeys(step), ...step.deps, ...step.assets.flatMap((asset) => asset.deps)];
  return [...new Set(needed)].filter((key) => step.kind === 'asset' || !own.has(key));
}

/** The assets whose values a step is given. */
export function inputKeys(step: StepDef): readonly AssetKeyString[] {
  return Object.values(step.inputs).map((input) => input.stepKey);
}

/** How messages call a step. */
export function callStep(step: StepDef): string {
  const name = step.kind === 'check' ? step.stepKey.slice('check:'.length) : step.stepKey;
  return `${step.kind} "${name}"`;
}
