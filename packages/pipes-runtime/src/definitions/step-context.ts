import type { PipesDataProvenance, PipesPartitionKeyRange, PipesStream } from 'pipes-external/protocol';
import type { ExecutionLog, PipesExecutionContext, PipesSession } from 'pipes-orchestrator';
import type { AssetKeyString, StepKey } from '../model/keys.ts';
import type { TimeWindow } from '../model/partitions.ts';
import type { Tags } from '../model/run.ts';
import type { ResourceMap, ResourceValues } from './resource.ts';
import type { StepReport } from './result.ts';

/**
 * What a step has at hand while it runs. It is a `PipesExecutionContext`: give it to `openPipesSession` and to clients as
 * it stands.
 */
export interface StepContext<Config = undefined, R extends ResourceMap = ResourceMap> extends PipesExecutionContext {
  readonly runId: string;
  readonly jobName: string;
  readonly stepKey: StepKey;
  /** 1 for the first. */
  readonly attempt: number;
  /** `attempt - 1`: what external processes are told. */
  readonly retryNumber: number;
  /** The assets that this step makes, or that it checks. */
  readonly assetKeys: readonly AssetKeyString[];
  readonly codeVersions: Readonly<Record<AssetKeyString, string | null>>;
  readonly provenance: Readonly<Record<AssetKeyString, PipesDataProvenance | null>>;
  readonly config: Config;
  readonly resources: ResourceValues<R>;
  /** Of the run. */
  readonly tags: Tags;
  /** The partitions of this step, in order. Empty where it has none. */
  readonly partitionKeys: readonly string[];
  /** The partition, where there is exactly one. */
  readonly partitionKey: string | undefined;
  readonly partitionKeyRange: PipesPartitionKeyRange | undefined;
  readonly partitionTimeWindow: TimeWindow | undefined;
  readonly log: ExecutionLog;
  readonly output: (stream: PipesStream, text: string) => void | Promise<void>;
  /** Aborts when the run is cancelled: the only way in which a step is asked to stop. */
  readonly signal: AbortSignal;
  readonly onSessionOpened: (session: PipesSession) => void;
  /**
   * Records a materialization or check of this step now, rather than when it ends. Resolves when it is in the event log.
   *
   * @throws PipesError PIPES_STEP_RESULT_INVALID for what this step does not declare, or has reported
   */
  readonly report: (report: StepReport) => Promise<void>;
}
