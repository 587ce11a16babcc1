import type { Metadata, PipesAssetCheckSeverity, PipesException } from 'pipes-external/protocol';
import type { AssetKeyString, StepKey } from './keys.ts';
import type { StatusEventType } from './run.ts';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'critical';

/** Why a step failed: what the user defined threw or gave what it must not, or the run was stopped. */
export type ErrorSource = 'user' | 'interrupt';

export interface RunStatusEvent {
  readonly type: Exclude<StatusEventType, 'RUN_FAILURE'>;
}
export interface RunFailure {
  readonly type: 'RUN_FAILURE';
  readonly reason: 'STEP_FAILURE' | 'RUN_EXCEPTION' | 'JOB_INITIALIZATION_FAILURE';
  readonly message: string;
  readonly failedSteps: readonly StepKey[];
  readonly error: PipesException | null;
}
export interface MaterializationPlanned {
  readonly type: 'ASSET_MATERIALIZATION_PLANNED';
  readonly stepKey: StepKey;
  readonly assetKey: AssetKeyString;
  readonly partition: string | null;
}
export interface CheckEvaluationPlanned {
  readonly type: 'ASSET_CHECK_EVALUATION_PLANNED';
  readonly stepKey: StepKey;
  readonly assetKey: AssetKeyString;
  readonly checkName: string;
}
export interface StepStarted {
  /** `STEP_RESTARTED` from the second attempt on. */
  readonly type: 'STEP_START' | 'STEP_RESTARTED';
  readonly stepKey: StepKey;
  /** 1 for the first. */
  readonly attempt: number;
}
export interface StepSucceeded {
  readonly type: 'STEP_SUCCESS';
  readonly stepKey: StepKey;
  readonly attempt: number;
  readonly durationMs: number;
}
export interface StepFailed {
  readonly type: 'STEP_FAILURE';
  readonly stepKey: StepKey;
  readonly attempt: number;
  readonly durationMs: number;
  readonly error: PipesException;
  readonly source: ErrorSource;
}
export interface StepUpForRetry {
  readonly type: 'STEP_UP_FOR_RETRY';
  readonly stepKey: StepKey;
  readonly attempt: number;
  readonly secondsToWait: number;
  readonly error: PipesException;
}
/** An input that the step needs was not produced, though nothing failed. */
export interface StepSkipped {
  readonly type: 'STEP_SKIPPED';
  readonly stepKey: StepKey;
}
/**
 * The step will not run, because one that it depends on failed, or was itself abandoned. With an empty `because` the run was
 * cancelled before the step started.
 */
export interface StepAbandoned {
  readonly type: 'STEP_ABANDONED';
  readonly stepKey: StepKey;
  readonly because: readonly StepKey[];
}
export interface AssetMaterialization {
  readonly type: 'ASSET_MATERIALIZATION';
  readonly stepKey: StepKey;
  readonly assetKey: AssetKeyString;
  readonly partition: string | null;
  readonly metadata: Metadata;
  readonly dataVersion: string | null;
}
export interface AssetCheckEvaluation {
  readonly type: 'ASSET_CHECK_EVALUATION';
  readonly stepKey: StepKey;
  readonly assetKey: AssetKeyString;
  readonly checkName: string;
  readonly passed: boolean;
  readonly severity: PipesAssetCheckSeverity;
  readonly metadata: Metadata;
}
export interface LogMessage {
  readonly type: 'LOG';
  readonly stepKey: StepKey | null;
  readonly level: LogLevel;
  readonly message: string;
}
/** Something that the runtime did, for who wants to know how. */
export interface EngineEvent {
  readonly type: 'ENGINE_EVENT';
  readonly stepKey: StepKey | null;
  readonly message: string;
  readonly error: PipesException | null;
}

/** What can happen in a run, as its author says it. Closed: readers switch over it exhaustively. */
export type RunEventBody =
  | RunStatusEvent
  | RunFailure
  | MaterializationPlanned
  | CheckEvaluationPlanned
  | StepStarted
  | StepSucceeded
  | StepFailed
  | StepUpForRetry
  | StepSkipped
  | StepAbandoned
  | AssetMaterialization
  | AssetCheckEvaluation
  | LogMessage
  | EngineEvent;

/** An event before the log has it. */
export type NewEvent = RunEventBody & { readonly runId: string; readonly at: Date };

/** An event in the log. */
export type RunEvent = NewEvent & {
  /** Position in the whole log, rising; gaps mean nothing. */
  readonly storageId: number;
};
export type EventType = RunEvent['type'];
