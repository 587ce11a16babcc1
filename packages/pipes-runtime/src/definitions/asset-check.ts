import { type AssetKeyLike, checkStepKey, toKey } from '../model/keys.ts';
import { type AssetDef, type Dep, depKeys } from './asset.ts';
import { optionProblems, refuse } from './option-rules.ts';
import { SHAPES, TARGET } from './option-shapes.ts';
import type { None, ResourceMap } from './resource.ts';
import type { CheckOutcome } from './result.ts';
import type { StepContext } from './step-context.ts';
import type { StepBody, StepDef } from './step-def.ts';

/** A check that is a step of its own. Made by {@link assetCheck}. */
export interface CheckDef extends StepDef {
  readonly kind: 'check';
}

/** What a check looks at: an asset, or the key of one, for an asset of a multi-asset. */
export type CheckTarget = AssetDef | AssetKeyLike;

type ValueFor<Target, Load> = Load extends false ? undefined : Target extends AssetDef<infer T> ? T : undefined;

export interface AssetCheckOptions<Target, R extends ResourceMap, Load extends boolean> {
  readonly name: string;
  readonly description?: string | undefined;
  readonly resources?: R | undefined;
  /** Assets that must be there before, beside the one that is checked. */
  readonly deps?: readonly Dep[] | undefined;
  /**
   * Whether `run` gets the value of the asset. With `false` the check can run in a run that does not make the asset.
   *
   * @default true for an asset, false for a key
   */
  readonly load?: Load | undefined;
  readonly run: (
    context: StepContext<undefined, R>,
    value: ValueFor<Target, Load>,
  ) => CheckOutcome | Promise<CheckOutcome>;
}

/** The name under which a check is given the value. */
const CHECKED_VALUE = 'value';

/**
 * Defines a check that runs after its asset, as a step of its own. An evaluation that did not pass is a fact of the run, not
 * a failure of it; a check that throws fails. It has the partitions of its asset.
 *
 * @throws PipesError PIPES_DEFINITION_INVALID for options that it does not take, or of the wrong type, all at once;
 * PIPES_ASSET_KEY_INVALID for key parts that cannot be a key. Whether definitions fit each other is judged by `define`
 */
export function assetCheck<
  const Target extends CheckTarget,
  R extends ResourceMap = None,
  const Load extends boolean = true,
>(target: Target, options: AssetCheckOptions<Target, R, Load>): CheckDef {
  refuse(TARGET(`what the check "${String((options as { name?: unknown } | undefined)?.name)}" looks at`, target));
  const checked = asAsset(target);
  const assetKey = checked?.key ?? toKey(target as AssetKeyLike);
  refuse(optionProblems(`check of "${assetKey}"`, options, SHAPES.assetCheck));
  const { name: checkName, description } = options;
  const inputs = checked !== undefined && options.load !== false ? { [CHECKED_VALUE]: checked } : {};
  return {
    kind: 'check',
    stepKey: checkStepKey({ assetKey, checkName }),
    assets: [],
    checks: [{ assetKey, checkName, description }],
    inputs,
    deps: [assetKey, ...depKeys(options.deps)],
    config: undefined,
    resources: options.resources ?? {},
    partitions: checked?.partitions,
    tags: {},
    run: (context, given) => (options.run as (...parts: unknown[]) => unknown)(context, given[CHECKED_VALUE]),
  } satisfies CheckDef & { run: StepBody };
}

function asAsset(target: CheckTarget): AssetDef | undefined {
  return typeof target === 'object' && 'stepKey' in target ? target : undefined;
}
