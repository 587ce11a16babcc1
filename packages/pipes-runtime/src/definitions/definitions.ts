import type { AssetKeyString } from '../model/keys.ts';
import type { AssetDef } from './asset.ts';
import type { CheckDef } from './asset-check.ts';
import type { MultiAssetDef } from './multi-asset.ts';
import type { ResourceDef, ResourceMap } from './resource.ts';
import type { StepDef } from './step-def.ts';

/** What users put together with `define`. */
export interface Definitions {
  readonly assets: readonly (AssetDef | MultiAssetDef)[];
  readonly checks?: readonly CheckDef[] | undefined;
  /** Every resource that an asset, a check or another resource uses, by the name that config and events call it. */
  readonly resources?: ResourceMap | undefined;
  /** What runs are called that are not given a `jobName`. @default 'assets' */
  readonly name?: string | undefined;
}

/** The same, as steps, before they are known to fit each other. */
export interface Candidate {
  readonly steps: readonly StepDef[];
  /** The step that makes an asset: the last one where several do. */
  readonly makers: ReadonlyMap<AssetKeyString, StepDef>;
  readonly resources: ReadonlyMap<string, ResourceDef>;
}
