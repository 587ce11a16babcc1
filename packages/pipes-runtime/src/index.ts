// pipes-runtime: define assets, checks and partitions, and run them. For authors of definitions, and for hosts such as the
// command line. Everything here is public API: add by name. Proofs for storages: "pipes-runtime/storage-conformance".

// Definitions.
export { asset, type AssetDef, type AssetInputs, type AssetOptions, type AssetValue } from './definitions/asset.ts';
export type { CheckDeclaration, Dep, InputValues } from './definitions/asset.ts';
export {
  multiAsset,
  type MultiAssetDef,
  type MultiAssetOptions,
  type MultiAssetReturn,
  type MultiAssetSpec,
} from './definitions/multi-asset.ts';
export { assetCheck, type AssetCheckOptions, type CheckDef, type CheckTarget } from './definitions/asset-check.ts';
export { resource, type ResourceDef, type ResourceInit, type ResourceMap } from './definitions/resource.ts';
export type { ConfigSchema, ResourceOptions, ResourceValues } from './definitions/resource.ts';
export { staticPartitions, timePartitions, type TimePartitionsOptions } from './definitions/partitions.ts';
export { AssetResult, result, type ResultOptions } from './definitions/result.ts';
export type { CheckOutcome, CheckReport, MaterializationReport, StepReport } from './definitions/result.ts';
export type { StepContext } from './definitions/step-context.ts';
export type { AssetSpec, CheckSpec, StepDef } from './definitions/step-def.ts';
export { define } from './definitions/define.ts';
export type { Definitions } from './definitions/definitions.ts';
export { isProject, type Project } from './definitions/project.ts';
export { describe, type AssetDescription, type PartitionsDescription } from './definitions/describe.ts';

// Runs.
export { execute, type ExecuteOptions } from './execution/execute.ts';
export type { ExecutionResult } from './execution/execution-result.ts';
export { instance, type Instance } from './instance/instance.ts';
export { applyEvent, applyEvents, emptySummary } from './model/fold.ts';
export type { RunSummary, StepStatus, StepSummary } from './model/fold.ts';
export type {
  AssetCheckEvaluation,
  AssetMaterialization,
  ErrorSource,
  EventType,
  LogLevel,
  NewEvent,
  RunEvent,
  RunEventBody,
  RunFailure,
  RunStatusEvent,
} from './model/event.ts';
export type { AssetCheckKey, AssetKeyLike, AssetKeyString, StepKey } from './model/keys.ts';
export type { PartitionsDef, TimeWindow } from './model/partitions.ts';
export type { TimeUnit } from './model/time-partitions.ts';
export type { Selection } from './model/selection.ts';
export { isTerminal, type Run, type RunStatus, type StatusEventType, type Tags } from './model/run.ts';
export type { RuntimeErrorCode } from './errors.ts';

// For authors of storages: the state machine of runs, and the contracts.
export { allowedFrom, canMove, endsRun, statusTold } from './model/run.ts';
export type { EventCursor, EventLog, EventPage, EventPageRequest, WatchedEvent } from './storage/event-log.ts';
export type { RunCursor, RunPage, RunRecord, RunsFilter, RunStorage } from './storage/run-storage.ts';
