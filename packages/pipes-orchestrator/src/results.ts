import { type Metadata, type PipesAssetCheckSeverity, PipesError } from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from './errors.ts';

/** A materialization that an external process reported, or that is implied by its success. */
export interface PipesMaterializeResult {
  readonly kind: 'materialization';
  /** As users write it: `raw/orders`. */
  readonly assetKey: string;
  readonly metadata: Metadata;
  readonly dataVersion: string | null;
  /** Nothing was reported: the success of the session implies it. */
  readonly isImplicit?: true;
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

/** The one materialization of an external process, with its checks. */
export interface PipesCheckedMaterializeResult extends PipesMaterializeResult {
  readonly checkResults: readonly PipesAssetCheckResult[];
}

/**
 * The one materialization among results, with the checks reported beside it: for a step that makes one asset.
 *
 * @throws PipesError PIPES_RESULT_UNEXPECTED for none or several, and for a check of another asset
 */
export function getMaterializeResult(results: readonly PipesExecutionResult[]): PipesCheckedMaterializeResult {
  const materializations = results.filter((result) => result.kind === 'materialization');
  const [materialization] = materializations;
  if (materialization === undefined) {
    throw unexpected('No materialization was reported, and none is implied: expected exactly one.');
  }
  if (materializations.length > 1) {
    throw unexpected(
      `Expected exactly one materialization, and there are ${materializations.length}: ${listAssets(materializations)}. Use getResults() for several assets.`,
    );
  }
  const checkResults = results.filter((result) => result.kind === 'check');
  const strays = checkResults.filter(({ assetKey }) => assetKey !== materialization.assetKey);
  if (strays.length > 0) {
    throw unexpected(
      `Expected only checks of ${materialization.assetKey}, and there are some of ${listAssets(strays)}. Use getResults() for several assets.`,
    );
  }
  return { ...materialization, checkResults };
}

/**
 * The one check among results: for a step that only checks. Implicit materializations do not count.
 *
 * @throws PipesError PIPES_RESULT_UNEXPECTED for none or several, or where a materialization was reported
 */
export function getAssetCheckResult(results: readonly PipesExecutionResult[]): PipesAssetCheckResult {
  const reported = results.filter((result) => result.kind === 'materialization' && result.isImplicit !== true);
  if (reported.length > 0) {
    throw unexpected(
      `Expected one check and no materialization, and ${listAssets(reported)} was materialized. Use getMaterializeResult() or getResults().`,
    );
  }
  const checks = results.filter((result) => result.kind === 'check');
  const [check] = checks;
  if (check === undefined) throw unexpected('No check was reported: expected exactly one.');
  if (checks.length === 1) return check;
  const names = checks.map(({ assetKey, checkName }) => `${checkName} of ${assetKey}`).toSorted();
  throw unexpected(`Expected exactly one check, and there are ${names.length}: ${names.join(', ')}. Use getResults().`);
}

function listAssets(results: readonly PipesExecutionResult[]): string {
  return [...new Set(results.map(({ assetKey }) => assetKey))].toSorted().join(', ');
}

function unexpected(message: string): PipesError<OrchestratorErrorCode> {
  return new PipesError('PIPES_RESULT_UNEXPECTED', message);
}
