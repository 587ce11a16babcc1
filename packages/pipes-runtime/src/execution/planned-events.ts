import type { RunEventBody } from '../model/event.ts';
import type { ResolvedRun } from './resolve-run.ts';

/** What a run is about to make and check, in the order of its plan. */
export function plannedEvents({ plan, steps, partition }: ResolvedRun): readonly RunEventBody[] {
  return plan.steps.flatMap(({ key }): readonly RunEventBody[] => {
    const step = steps.get(key);
    if (step === undefined) return [];
    const keys = step.partitions === undefined ? [null] : (partition?.keys ?? []);
    const assets = step.assets.flatMap((asset) =>
      keys.map((each) => ({
        type: 'ASSET_MATERIALIZATION_PLANNED' as const,
        stepKey: key,
        assetKey: asset.key,
        partition: each,
      })),
    );
    const checks = step.checks.map(({ assetKey, checkName }) => ({
      type: 'ASSET_CHECK_EVALUATION_PLANNED' as const,
      stepKey: key,
      assetKey,
      checkName,
    }));
    return [...assets, ...checks];
  });
}
