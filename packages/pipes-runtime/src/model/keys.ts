/** An asset key as users write it, and as it travels: parts joined with `/`, a slash inside a part written `\/`. */
export type AssetKeyString = string;

/** What runs as one: the name of an asset, a multi-asset, or a check. */
export type StepKey = string;

export interface AssetCheckKey {
  readonly assetKey: AssetKeyString;
  readonly checkName: string;
}
