// pipes-external: what a script imports to report to a Dagster Pipes orchestrator. Everything here is public API: add by
// name. The protocol itself is at "pipes-external/protocol", the harness for tests at "pipes-external/testing".

export { openDagsterPipes, type OpenDagsterPipesOptions } from './open.ts';
export { runDagsterPipes } from './run.ts';
export {
  PipesContext,
  type PipesLogger,
  type ReportAssetCheck,
  type ReportAssetMaterialization,
} from './pipes-context.ts';
export type { ExternalErrorCode } from './errors.ts';
export type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts';
export {
  JsonFloat,
  type JsonObject,
  type JsonValue,
  type MetadataInput,
  type MetadataType,
  type MetadataTypes,
  MetadataValue,
  type PipesAssetCheckSeverity,
  type PipesDataProvenance,
  PipesError,
  type PipesErrorCode,
  type PipesPartitionKeyRange,
  type PipesStream,
  type PipesTimeWindow,
  type TableCell,
  type TableColumn,
  type TableColumnConstraints,
  type TableColumnDep,
  type TableRecord,
} from './protocol/index.ts';

// Ready-made ways in and out, for the options of openDagsterPipes.
export { PipesEnvVarParamsLoader } from './params-loaders/env-var.ts';
export { PipesCliArgsParamsLoader } from './params-loaders/cli-args.ts';
export { PipesMappingParamsLoader } from './params-loaders/mapping.ts';
export { PipesDefaultContextLoader } from './context-loaders/default.ts';
export { PipesDefaultMessageWriter } from './message-writers/default.ts';
export { PipesFileMessageWriterChannel } from './message-writers/file.ts';
export { PipesStreamMessageWriterChannel } from './message-writers/stream.ts';
export { PipesBufferedStreamMessageWriterChannel } from './message-writers/buffered-stream.ts';

// For authors of their own.
export { PipesParamsLoader } from './params-loaders/params-loader.ts';
export { PipesContextLoader } from './context-loaders/context-loader.ts';
export { PipesMessageWriter, PipesMessageWriterChannel } from './message-writers/message-writer.ts';
export { encodeMessage, type PipesContextData, type PipesMessage, type PipesParams } from './protocol/index.ts';
