import { type AssetKeyLike, toKey } from '../model/keys.ts';
import type { PartitionsDef } from '../model/partitions.ts';
import type { Tags } from '../model/run.ts';
import { type CheckDeclaration, type Dep, depKeys } from './asset.ts';
import { optionProblems, refuse } from './option-rules.ts';
import { NAME, SHAPES } from './option-shapes.ts';
import type { ConfigOf, ConfigSchema, None, ResourceMap } from './resource.ts';
import type { StepReport } from './result.ts';
import type { StepContext } from './step-context.ts';
import type { StepBody, StepDef } from './step-def.ts';

/** Assets that one step makes together. Made by {@link multiAsset}. */
export interface MultiAssetDef extends StepDef {
  readonly kind: 'multi-asset';
}

/** One asset of a multi-asset. */
export interface MultiAssetSpec {
  readonly key: AssetKeyLike;
  readonly deps?: readonly Dep[] | undefined;
  /** The step may end without it; what needs it is then skipped. @default false */
  readonly optional?: boolean | undefined;
  readonly checks?: readonly CheckDeclaration[] | undefined;
  readonly group?: string | undefined;
  readonly description?: string | undefined;
  readonly codeVersion?: string | undefined;
}

type Reports = StepReport | readonly StepReport[] | void;

/** What the `run` of a multi-asset gives: reports one by one, or all at once. */
export type MultiAssetReturn = AsyncIterable<StepReport> | Reports | Promise<Reports | AsyncIterable<StepReport>>;

export interface MultiAssetOptions<C extends ConfigSchema, R extends ResourceMap> {
  readonly specs: readonly MultiAssetSpec[];
  /** Read from `config.assets.<name>` of the run. */
  readonly config?: C | undefined;
  readonly resources?: R | undefined;
  readonly partitions?: PartitionsDef | undefined;
  readonly tags?: Tags | undefined;
  /**
   * Reports every asset that it made: `{ assetKey, metadata, dataVersion }`, and every declared check:
   * `{ assetKey, checkName, passed }`. `yield* session.results()` passes on what an external process reports, as it comes.
   */
  readonly run: (context: StepContext<ConfigOf<C>, R>) => MultiAssetReturn;
}

/**
 * Defines several assets that one step makes. They have no values for `inputs`: who needs them lists them in `deps`.
 *
 * @throws PipesError PIPES_DEFINITION_INVALID for options that it does not take, or of the wrong type, all at once;
 * PIPES_ASSET_KEY_INVALID for key parts that cannot be a key. Whether definitions fit each other is judged by `define`
 */
export function multiAsset<C extends ConfigSchema = undefined, R extends ResourceMap = None>(
  name: string,
  options: MultiAssetOptions<C, R>,
): MultiAssetDef {
  refuse(NAME('the name of a multi-asset', name));
  refuse(optionProblems(`multi-asset "${name}"`, options, SHAPES.multiAsset));
  return {
    kind: 'multi-asset',
    stepKey: name,
    assets: options.specs.map((spec) => ({
      key: toKey(spec.key),
      deps: depKeys(spec.deps),
      optional: spec.optional ?? false,
      group: spec.group,
      description: spec.description,
      codeVersion: spec.codeVersion,
    })),
    checks: options.specs.flatMap((spec) =>
      (spec.checks ?? []).map((check) => ({
        assetKey: toKey(spec.key),
        checkName: check.name,
        description: check.description,
      })),
    ),
    inputs: {},
    deps: [],
    config: options.config,
    resources: options.resources ?? {},
    partitions: options.partitions,
    tags: options.tags ?? {},
    run: options.run as unknown as StepBody,
  };
}
