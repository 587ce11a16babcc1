import type { StepDef } from '../definitions/step-def.ts';
import type { AssetKeyString, StepKey } from '../model/keys.ts';
import type { PartitionChoice } from '../model/partitions.ts';
import type { Run } from '../model/run.ts';
import type { GuardedCallbacks } from './callbacks.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { ResourcePool } from './resource-pool.ts';

/** What the steps of one run share. */
export interface RunScope {
  readonly run: Run;
  readonly steps: ReadonlyMap<StepKey, StepDef>;
  readonly partition: PartitionChoice | undefined;
  readonly configs: ReadonlyMap<StepKey, unknown>;
  readonly resources: ResourcePool;
  readonly recorder: EventRecorder;
  readonly callbacks: GuardedCallbacks;
  /** How long a step may take to stop when it is asked to. */
  readonly graceMs: number;
  /** What assets gave, for those that take them as inputs. */
  readonly values: Map<AssetKeyString, unknown>;
  /** What failed steps threw. */
  readonly failures: Map<StepKey, unknown>;
}
