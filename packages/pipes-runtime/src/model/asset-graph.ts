import type { AssetCheckKey, AssetKeyString, StepKey } from './keys.ts';
import type { Tags } from './run.ts';

/** An asset among the others. */
export interface AssetNode {
  readonly key: AssetKeyString;
  /** The step that makes it. */
  readonly stepKey: StepKey;
  readonly group: string | undefined;
  readonly tags: Tags;
  readonly upstream: readonly AssetKeyString[];
}

/** A check among the assets. */
export interface CheckNode extends AssetCheckKey {
  /** The step that evaluates it: of its own, or the one of its asset. */
  readonly stepKey: StepKey;
}

/** All assets and checks of a project, with what lies between them. */
export interface AssetGraph {
  readonly assets: ReadonlyMap<AssetKeyString, AssetNode>;
  readonly checks: readonly CheckNode[];
  readonly downstream: ReadonlyMap<AssetKeyString, readonly AssetKeyString[]>;
  readonly assetsOfStep: ReadonlyMap<StepKey, readonly AssetKeyString[]>;
}

export function makeAssetGraph(assets: readonly AssetNode[], checks: readonly CheckNode[]): AssetGraph {
  const downstream = new Map<AssetKeyString, AssetKeyString[]>(assets.map(({ key }) => [key, []]));
  const assetsOfStep = new Map<StepKey, AssetKeyString[]>(assets.map(({ stepKey }) => [stepKey, []]));
  for (const asset of assets) {
    assetsOfStep.get(asset.stepKey)?.push(asset.key);
    for (const key of asset.upstream) downstream.get(key)?.push(asset.key);
  }
  return { assets: new Map(assets.map((asset) => [asset.key, asset])), checks, downstream, assetsOfStep };
}

/** These keys and all that can be reached from them. */
export function reach<K extends string>(from: Iterable<K>, next: (key: K) => readonly K[]): ReadonlySet<K> {
  const reached = new Set(from);
  // A set that grows while it is walked is walked to its new end.
  for (const key of reached) {
    for (const each of next(key)) reached.add(each);
  }
  return reached;
}
