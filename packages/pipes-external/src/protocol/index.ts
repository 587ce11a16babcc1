// pipes-external/protocol: what both ends of Dagster Pipes speak. For authors of orchestrators, channels and tools; a
// script needs only "pipes-external". Everything here is public API: add by name.

export { PIPES_PROTOCOL_VERSION, PIPES_PROTOCOL_VERSION_FIELD } from './version.ts';
export { JsonFloat, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
export { parseWireJson, stringifyWireJson, MAX_JSON_DEPTH } from './wire-json.ts';
export { toJsonValue } from './to-json-value.ts';

export {
  DAGSTER_PIPES_CONTEXT_CLI_ARGUMENT,
  DAGSTER_PIPES_CONTEXT_ENV_VAR,
  DAGSTER_PIPES_MESSAGES_CLI_ARGUMENT,
  DAGSTER_PIPES_MESSAGES_ENV_VAR,
  decodeParam,
  encodeParam,
  type PipesParams,
} from './bootstrap.ts';

export {
  parseContextData,
  type PipesContextData,
  type PipesDataProvenance,
  type PipesPartitionKeyRange,
  type PipesTimeWindow,
} from './context-data.ts';

export {
  encodeMessage,
  PIPES_STREAMS,
  type MessageSequence,
  type PipesAssetCheckSeverity,
  type PipesLogLevel,
  type PipesMessage,
  type PipesMethod,
  type PipesMethods,
  type PipesStream,
} from './messages.ts';
export { type PipesException, toPipesException } from './exception.ts';

export {
  type AnyMetadataValue,
  type Metadata,
  type MetadataType,
  type MetadataTypes,
  MetadataValue,
  type TableCell,
  type TableColumn,
  type TableColumnConstraints,
  type TableColumnDep,
  type TableRecord,
} from './metadata-value.ts';
export {
  INFERRED_METADATA_TYPE,
  inferMetadataValue,
  parseMetadataValue,
  toWireMetadata,
  toWireMetadataValue,
  type WireMetadata,
  type WireMetadataValue,
} from './wire-metadata.ts';
export { type MetadataInput, type NormalizedMetadata, normalizeMetadata } from './normalize-metadata.ts';

export { type AssetKeyPath, toAssetKeyPath, toAssetKeyString } from './asset-key.ts';
export { PipesError, type PipesErrorCode } from './pipes-error.ts';
export type { ProtocolErrorCode } from './errors.ts';
