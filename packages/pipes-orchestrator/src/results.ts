import type { Metadata, PipesAssetCheckSeverity } from 'pipes-external/protocol';

/** A materialization that an external process reported, or that is implied by its success. */
export interface PipesMaterializeResult {
  readonly kind: 'materialization';
  /** As users write it: `raw/orders`. */
  readonly assetKey: string;
  readonly metadata: Metadata;
  readonly dataVersion: string | null;
}

export interface PipesAssetCheckResult {
  readonly kind: 'check';
  readonly assetKey: string;
  readonly checkName: string;
  readonly passed: boolean;
  readonly severity: PipesAssetCheckSeverity;
  readonly metadata: Metadata;
}

/** What a step yields for its external process. */
export type PipesExecutionResult = PipesMaterializeResult | PipesAssetCheckResult;
