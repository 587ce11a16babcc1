import type { MetadataInput, PipesAssetCheckSeverity } from 'pipes-external/protocol';
import type { PipesExecutionResult } from 'pipes-orchestrator';
import type { AssetKeyLike } from '../model/keys.ts';

/** How a check came out. */
export interface CheckOutcome {
  readonly passed: boolean;
  /** How bad it is when it did not pass. @default 'ERROR' */
  readonly severity?: PipesAssetCheckSeverity | undefined;
  readonly metadata?: MetadataInput | undefined;
}

export interface MaterializationReport {
  readonly assetKey: AssetKeyLike;
  readonly metadata?: MetadataInput | undefined;
  readonly dataVersion?: string | null | undefined;
  readonly checkName?: undefined;
}

export interface CheckReport extends CheckOutcome {
  readonly assetKey: AssetKeyLike;
  readonly checkName: string;
}

/** What a step says that it made or checked. What sessions give is of this kind. */
export type StepReport = MaterializationReport | CheckReport | PipesExecutionResult;

export interface ResultOptions<T> {
  /** What steps get that name this asset in their `inputs`. */
  readonly value?: T;
  readonly metadata?: MetadataInput | undefined;
  readonly dataVersion?: string | undefined;
  /** Checks that the asset declares. */
  readonly checks?: readonly (CheckOutcome & { readonly checkName: string })[] | undefined;
}

const BRAND = Symbol.for('pipes.asset-result');

/** A value with what is to be recorded of it. Made by {@link result}. */
export class AssetResult<T = unknown> {
  readonly value: T;
  readonly metadata: MetadataInput;
  readonly dataVersion: string | undefined;
  readonly checks: readonly (CheckOutcome & { readonly checkName: string })[];

  constructor(options: ResultOptions<T>) {
    this.value = options.value as T;
    this.metadata = options.metadata ?? {};
    this.dataVersion = options.dataVersion;
    this.checks = options.checks ?? [];
  }

  get [BRAND](): true {
    return true;
  }

  /** Works across copies of this package, where `instanceof` does not. */
  static is(value: unknown): value is AssetResult {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

/** What an asset returns when there is more to say than its value: `return result({ value, metadata: { rows: 12 } })`. */
export function result<T = undefined>(options: ResultOptions<T>): AssetResult<T> {
  return new AssetResult(options);
}
