import { PipesError } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from '../errors.ts';
import { type AssetGraph, reach } from './asset-graph.ts';
import { type AssetCheckKey, type AssetKeyString, checkStepKey, type StepKey } from './keys.ts';
import { didYouMean } from './nearest.ts';

/** What to select: terms in one string with commas between, or in a list. */
export type Selection = string | readonly string[];

export interface Selected {
  readonly assets: ReadonlySet<AssetKeyString>;
  readonly checks: readonly AssetCheckKey[];
  readonly steps: ReadonlySet<StepKey>;
}

/**
 * What a selection means.
 *
 * | term | selects |
 * |---|---|
 * | `*` | everything |
 * | `key` | an asset, or all assets of a multi-asset by its name |
 * | `group:name`, `tag:k`, `tag:k=v` | assets of that group or tag |
 * | `+term`, `term+` | also all that is upstream, downstream |
 * | `check:key:name` | one check |
 *
 * Checks come with their assets; an asset comes with all that its step makes, and upstream is all that the step needs.
 *
 * @throws PipesError PIPES_SELECTION_INVALID naming every term that selects nothing
 */
export function select(graph: AssetGraph, selection: Selection): Selected {
  const terms = (typeof selection === 'string' ? selection.split(',') : selection).map((term) => term.trim());
  const wanted: Wanted = { assets: new Set(), steps: new Set(), problems: [] };
  if (terms.length === 0) wanted.problems.push('nothing is selected');
  for (const term of terms) addTerm(graph, term, wanted);
  if (wanted.problems.length > 0) {
    const problems = wanted.problems.join('; ');
    const end = problems.endsWith('?') ? '' : '.';
    throw new PipesError<RuntimeErrorCode>('PIPES_SELECTION_INVALID', `Cannot select: ${problems}${end}`);
  }
  return complete(graph, wanted);
}

interface Wanted {
  readonly assets: Set<AssetKeyString>;
  readonly steps: Set<StepKey>;
  readonly problems: string[];
}

function addTerm(graph: AssetGraph, term: string, wanted: Wanted): void {
  if (term.startsWith('check:')) {
    addCheck(graph, term, wanted);
    return;
  }
  const withUpstream = term.startsWith('+');
  const withDownstream = term.endsWith('+') && term !== '+';
  const core = term.slice(withUpstream ? 1 : 0, withDownstream ? -1 : undefined);
  const found = assetsOf(graph, core);
  if (typeof found === 'string') {
    wanted.problems.push(found);
    return;
  }
  const parts = [found];
  if (withUpstream) parts.push(upstreamOf(graph, found));
  if (withDownstream) parts.push(reach(found, (key) => graph.downstream.get(key) ?? []));
  for (const part of parts) for (const key of part) wanted.assets.add(key);
}

/** Step by step: what a step makes beside the asset that is wanted has needs of its own. */
function upstreamOf(graph: AssetGraph, keys: Iterable<AssetKeyString>): readonly AssetKeyString[] {
  const madeBy = (step: StepKey): readonly AssetKeyString[] => graph.assetsOfStep.get(step) ?? [];
  const stepsOf = (some: Iterable<AssetKeyString>): readonly StepKey[] =>
    Array.from(some, (key) => graph.assets.get(key)?.stepKey ?? []).flat();
  const steps = reach(stepsOf(keys), (step) =>
    stepsOf(madeBy(step).flatMap((key) => graph.assets.get(key)?.upstream ?? [])),
  );
  return [...steps].flatMap(madeBy);
}

function addCheck(graph: AssetGraph, term: string, wanted: Wanted): void {
  const check = graph.checks.find((each) => checkStepKey(each) === term);
  if (check === undefined) {
    wanted.problems.push(`there is no ${unknown(term, graph.checks.map(checkStepKey))}`);
    return;
  }
  wanted.steps.add(check.stepKey);
}

/** The assets that a term without its plus signs stands for, or why there are none. */
function assetsOf(graph: AssetGraph, core: string): Iterable<AssetKeyString> | string {
  if (core === '') return 'a term is empty';
  if (core === '*') return graph.assets.keys();
  if (core.startsWith('group:')) return inGroup(graph, core.slice('group:'.length));
  if (core.startsWith('tag:')) return withTag(graph, core.slice('tag:'.length));
  if (graph.assets.has(core)) return [core];
  const made = graph.assetsOfStep.get(core);
  if (made !== undefined) return made;
  return `there is no asset ${unknown(core, new Set([...graph.assets.keys(), ...graph.assetsOfStep.keys()]))}`;
}

function inGroup(graph: AssetGraph, group: string): readonly AssetKeyString[] | string {
  const nodes = [...graph.assets.values()];
  const keys = nodes.filter((node) => node.group === group).map((node) => node.key);
  const groups = new Set(nodes.flatMap((node) => node.group ?? []));
  return keys.length > 0 ? keys : `there is no group ${unknown(group, groups)}`;
}

function withTag(graph: AssetGraph, text: string): readonly AssetKeyString[] | string {
  const nodes = [...graph.assets.values()];
  const [key = '', ...rest] = text.split('=');
  const value = rest.length === 0 ? undefined : rest.join('=');
  const keys = nodes
    .filter(({ tags }) => Object.hasOwn(tags, key) && (value === undefined || tags[key] === value))
    .map((node) => node.key);
  const tags = new Set(nodes.flatMap((node) => Object.entries(node.tags).flatMap(([k, v]) => [k, `${k}=${v}`])));
  return keys.length > 0 ? keys : `no asset has the tag ${unknown(text, tags)}`;
}

function unknown(name: string, candidates: Iterable<string>): string {
  return `${JSON.stringify(name)}${didYouMean(name, candidates)}`;
}

/** Whole steps, and the checks of their assets. */
function complete(graph: AssetGraph, wanted: Wanted): Selected {
  const steps = new Set(wanted.steps);
  for (const key of wanted.assets) {
    const node = graph.assets.get(key);
    if (node !== undefined) steps.add(node.stepKey);
  }
  const assets = new Set([...steps].flatMap((step) => graph.assetsOfStep.get(step) ?? []));
  const checks = graph.checks.filter((check) => assets.has(check.assetKey) || steps.has(check.stepKey));
  for (const check of checks) steps.add(check.stepKey);
  return { assets, checks, steps };
}
