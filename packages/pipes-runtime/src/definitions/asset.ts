import type { PipesExecutionResult } from 'pipes-orchestrator';
import { type AssetKeyLike, type AssetKeyString, toKey } from '../model/keys.ts';
import type { PartitionsDef } from '../model/partitions.ts';
import type { Tags } from '../model/run.ts';
import { optionProblems, refuse } from './option-rules.ts';
import { KEY, SHAPES } from './option-shapes.ts';
import type { ConfigOf, ConfigSchema, None, ResourceMap } from './resource.ts';
import type { AssetResult, StepReport } from './result.ts';
import type { StepContext } from './step-context.ts';
import type { StepBody, StepDef } from './step-def.ts';

declare const VALUE: unique symbol;

/** An asset that one step makes by itself. Made by {@link asset}; `T` is what its `run` gives to who takes it as input. */
export interface AssetDef<T = unknown> extends StepDef {
  readonly kind: 'asset';
  readonly key: AssetKeyString;
  /** Only in the types. */
  readonly [VALUE]?: () => T;
}

export type AssetInputs = Readonly<Record<string, AssetDef>>;

/** The values of assets, by the names under which they are taken. */
export type InputValues<I extends AssetInputs> = {
  readonly [K in keyof I]: I[K] extends AssetDef<infer T> ? T : never;
};

/**
 * The value of an asset, from what its `run` gives: of `result({ value })` the value; nothing where it reports only what an
 * external process made; what an async generator returns at its end.
 */
export type AssetValue<Returned> = ValueOf<Awaited<Returned>>;
type ValueOf<R> = [R] extends [AsyncGenerator<unknown, infer Last>]
  ? ValueIn<Last>
  : [R] extends [AsyncIterable<unknown>]
    ? undefined
    : ValueIn<R>;
type ValueIn<R> =
  R extends AssetResult<infer V>
    ? V
    : R extends PipesExecutionResult | readonly PipesExecutionResult[] | void
      ? undefined
      : R;

/** What an asset waits for: another asset, all assets of a multi-asset, or a key. */
export type Dep = AssetKeyLike | StepDef;

/** A check that a step evaluates itself. */
export interface CheckDeclaration {
  readonly name: string;
  readonly description?: string | undefined;
}

export interface AssetOptions<I extends AssetInputs, C extends ConfigSchema, R extends ResourceMap, Returned> {
  /** Assets whose values `run` gets, by the names that it wants. They run before. */
  readonly inputs?: I | undefined;
  /** Assets that must be there before, without their values. */
  readonly deps?: readonly Dep[] | undefined;
  /** Read from `config.assets.<key>` of the run. */
  readonly config?: C | undefined;
  readonly resources?: R | undefined;
  readonly partitions?: PartitionsDef | undefined;
  /** Checks that `run` evaluates itself; for others see `assetCheck`. */
  readonly checks?: readonly CheckDeclaration[] | undefined;
  readonly tags?: Tags | undefined;
  readonly group?: string | undefined;
  readonly description?: string | undefined;
  readonly codeVersion?: string | undefined;
  /**
   * Makes the asset. Returns its value, `result({ value, metadata, checks })`, nothing, or what an external process reported
   * (`invocation.getMaterializeResult()`, `session.getResults()`). An async generator, or what else can be iterated
   * asynchronously, gives such reports as they come; to have one as the value, wrap it: `result({ value })`.
   */
  readonly run: (context: StepContext<ConfigOf<C>, R>, inputs: InputValues<I>) => Returned & Reporting<Returned>;
}

/** What is iterated must be reports: of anything else nothing can be recorded. */
type Reporting<Returned> = [Awaited<Returned>] extends [never]
  ? unknown
  : Awaited<Returned> extends AsyncIterable<infer Each>
    ? [Each] extends [StepReport]
      ? unknown
      : AsyncIterable<StepReport>
    : unknown;

/**
 * Defines an asset.
 *
 * @throws PipesError PIPES_DEFINITION_INVALID for options that it does not take, or of the wrong type, all at once;
 * PIPES_ASSET_KEY_INVALID for key parts that cannot be a key. Whether definitions fit each other is judged by `define`
 */
export function asset<
  Returned,
  const I extends AssetInputs = None,
  C extends ConfigSchema = undefined,
  R extends ResourceMap = None,
>(key: AssetKeyLike, options: AssetOptions<I, C, R, Returned>): AssetDef<AssetValue<Returned>> {
  refuse(KEY('the key of an asset', key));
  const assetKey = toKey(key);
  refuse(optionProblems(`asset "${assetKey}"`, options, SHAPES.asset));
  const { group, description, codeVersion } = options;
  return {
    kind: 'asset',
    key: assetKey,
    stepKey: assetKey,
    assets: [{ key: assetKey, deps: [], optional: false, group, description, codeVersion }],
    checks: (options.checks ?? []).map((check) => ({
      assetKey,
      checkName: check.name,
      description: check.description,
    })),
    inputs: options.inputs ?? {},
    deps: depKeys(options.deps),
    config: options.config,
    resources: options.resources ?? {},
    partitions: options.partitions,
    tags: options.tags ?? {},
    run: options.run as unknown as StepBody,
  };
}

/** The keys that deps stand for. */
export function depKeys(deps: readonly Dep[] | undefined): readonly AssetKeyString[] {
  return (deps ?? []).flatMap((dep) => (isStep(dep) ? dep.assets.map((each) => each.key) : toKey(dep)));
}

function isStep(dep: Dep): dep is StepDef {
  return typeof dep === 'object' && 'stepKey' in dep;
}
