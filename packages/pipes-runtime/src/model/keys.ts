import { toAssetKeyPath, toAssetKeyString } from 'pipes-external/protocol';

/** An asset key as users write it, and as it travels: parts joined with `/`, a slash inside a part written `\/`. */
export type AssetKeyString = string;

/** An asset key as a string, or as its parts. */
export type AssetKeyLike = string | readonly string[];

/** What runs as one: the name of an asset, a multi-asset, or a check. */
export type StepKey = string;

export interface AssetCheckKey {
  readonly assetKey: AssetKeyString;
  readonly checkName: string;
}

/** @throws PipesError PIPES_ASSET_KEY_INVALID for parts that cannot be a key */
export function toKey(key: AssetKeyLike): AssetKeyString {
  return typeof key === 'string' ? key : toAssetKeyString(key);
}

/** The step of a check that runs on its own, spelled as a selection spells it. */
export function checkStepKey({ assetKey, checkName }: AssetCheckKey): StepKey {
  return `check:${assetKey}:${checkName}`;
}

/** What is wrong with the name of a multi-asset, a check or a group, or nothing. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() !== name || name === '') return 'is empty, or begins or ends with a space';
  if (/[,+*:]/.test(name)) return 'holds one of , + * : which mean something in selections';
  return undefined;
}

/** What is wrong with an asset key, or nothing. */
export function assetKeyProblem(key: AssetKeyString): string | undefined {
  return nameProblem(key) ?? (isCanonical(key) ? undefined : 'has an empty part, or a backslash that escapes no slash');
}

function isCanonical(key: AssetKeyString): boolean {
  const path = toAssetKeyPath(key);
  return path.every((part) => part !== '' && !part.includes('\\')) && toAssetKeyString(path) === key;
}
