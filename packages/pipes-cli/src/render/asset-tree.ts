import type { AssetDescription, AssetKeyString } from 'pipes-runtime';

export interface AssetRow {
  readonly asset: AssetDescription;
  /** What it hangs on: `│ └ `. Empty for a root, and everywhere when the tree is too deep to be drawn. */
  readonly branch: string;
  /** What runs past it, for further lines of the same row. */
  readonly trunk: string;
  /** Those that its place in the tree does not show. */
  readonly otherDeps: readonly AssetKeyString[];
}

const DEEPEST = 8;

interface Visit {
  readonly asset: AssetDescription;
  readonly parent: AssetKeyString | undefined;
  readonly lead: string;
  readonly isLast: boolean;
  readonly depth: number;
}

/**
 * The assets as a tree that is a topological order as well: each hangs on the last of those that it depends on. Deeper
 * than eight levels it is only the order.
 */
export function arrangeAssets(assets: readonly AssetDescription[]): AssetRow[] {
  const known = new Set(assets.map((asset) => asset.key));
  const unmet = new Map(assets.map((asset) => [asset.key, asset.deps.filter((key) => known.has(key)).length]));
  const dependents = dependentsOf(assets);
  const visits: Visit[] = [];
  const stack: Visit[] = [];
  const push = (ready: readonly AssetDescription[], from?: Visit): void => {
    const lead = from === undefined ? '' : trunkOf(from);
    for (const [index, asset] of [...ready.entries()].toReversed()) {
      const isLast = index === ready.length - 1;
      stack.push({ asset, parent: from?.asset.key, lead, isLast, depth: from === undefined ? 0 : from.depth + 1 });
    }
  };
  push(assets.filter((asset) => unmet.get(asset.key) === 0));
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    visits.push(visit);
    const ready = (dependents.get(visit.asset.key) ?? []).filter((asset) => {
      const left = (unmet.get(asset.key) ?? 0) - 1;
      unmet.set(asset.key, left);
      return left === 0;
    });
    push(ready, visit);
  }
  const isDrawn = visits.every((visit) => visit.depth <= DEEPEST);
  return visits.map((visit) => toRow(visit, isDrawn));
}

function dependentsOf(assets: readonly AssetDescription[]): ReadonlyMap<AssetKeyString, readonly AssetDescription[]> {
  const dependents = new Map<AssetKeyString, AssetDescription[]>(assets.map((asset) => [asset.key, []]));
  for (const asset of assets) for (const key of asset.deps) dependents.get(key)?.push(asset);
  return dependents;
}

function trunkOf({ lead, isLast, depth }: Visit): string {
  if (depth === 0 || depth > DEEPEST) return '';
  return lead + (isLast ? '  ' : '│ ');
}

function toRow(visit: Visit, isDrawn: boolean): AssetRow {
  const { asset, parent, lead, isLast, depth } = visit;
  if (!isDrawn) return { asset, branch: '', trunk: '', otherDeps: asset.deps };
  const branch = depth === 0 ? '' : lead + (isLast ? '└ ' : '├ ');
  return { asset, branch, trunk: trunkOf(visit), otherDeps: asset.deps.filter((key) => key !== parent) };
}
