import type { ExternalErrorCode } from './errors.ts';
import {
  type JsonObject,
  type JsonValue,
  type PipesContextData,
  type PipesDataProvenance,
  PipesError,
  type PipesPartitionKeyRange,
  type PipesTimeWindow,
} from './protocol/index.ts';
import type { StandardSchema } from './standard-schema.ts';
import { validateExtras } from './validate-extras.ts';

/** The questions of `PipesContext`, answered from the context payload. */
export class ContextProperties {
  readonly #data: PipesContextData;

  constructor(data: PipesContextData) {
    this.#data = data;
  }

  get isAssetStep(): boolean {
    return this.#data.asset_keys !== null;
  }

  get assetKey(): string {
    return this.#oneAsset('assetKey');
  }

  get assetKeys(): readonly string[] {
    return this.#data.asset_keys ?? this.#undefined('assetKeys', 'this step makes no assets');
  }

  get provenance(): PipesDataProvenance | null {
    const key = this.#oneAsset('provenance');
    return answerFor(key, this.#data.provenance_by_asset_key);
  }

  get provenanceByAssetKey(): Readonly<Record<string, PipesDataProvenance | null>> {
    return this.#data.provenance_by_asset_key ?? this.#undefined('provenanceByAssetKey', 'this step makes no assets');
  }

  get codeVersion(): string | null {
    const key = this.#oneAsset('codeVersion');
    return answerFor(key, this.#data.code_version_by_asset_key);
  }

  get codeVersionByAssetKey(): Readonly<Record<string, string | null>> {
    return (
      this.#data.code_version_by_asset_key ?? this.#undefined('codeVersionByAssetKey', 'this step makes no assets')
    );
  }

  get isPartitionStep(): boolean {
    return this.#data.partition_key_range !== null;
  }

  get partitionKey(): string {
    return this.#data.partition_key ?? this.#undefined('partitionKey', 'this run is not for one single partition');
  }

  get partitionKeyRange(): PipesPartitionKeyRange {
    return this.#data.partition_key_range ?? this.#undefined('partitionKeyRange', 'this run is not for partitions');
  }

  get partitionTimeWindow(): PipesTimeWindow | null {
    if (!this.isPartitionStep) this.#undefined('partitionTimeWindow', 'this run is not for partitions');
    return this.#data.partition_time_window;
  }

  get runId(): string {
    return this.#data.run_id;
  }

  get jobName(): string | null {
    return this.#data.job_name;
  }

  get retryNumber(): number {
    return this.#data.retry_number;
  }

  get extras(): JsonObject {
    return this.#data.extras;
  }

  getExtra(key: string): JsonValue {
    const value = Object.hasOwn(this.extras, key) ? this.extras[key] : undefined;
    if (value !== undefined) return value;
    const present = Object.keys(this.extras);
    return this.#undefined(
      `the extra ${JSON.stringify(key)}`,
      present.length === 0 ? 'the launching side passed no extras' : `the extras are ${JSON.stringify(present)}`,
    );
  }

  extrasAs<Output>(schema: StandardSchema<Output>): Output {
    return validateExtras(schema, this.extras);
  }

  #oneAsset(property: string): string {
    const keys = this.#data.asset_keys ?? [];
    const [key] = keys;
    if (key !== undefined && keys.length === 1) return key;
    const problem = key === undefined ? 'this step makes no assets' : `this step makes ${keys.length} assets`;
    return this.#undefined(property, `${problem}, and it is about the only one`);
  }

  #undefined(property: string, reason: string): never {
    throw new PipesError<ExternalErrorCode>(
      'PIPES_CONTEXT_PROPERTY_UNDEFINED',
      `Cannot read ${property} of the Pipes context: ${reason}.`,
    );
  }
}

/** An asset may be named as a property that every object has. */
function answerFor<T>(assetKey: string, answers: Readonly<Record<string, T | null>> | null): T | null {
  return answers !== null && Object.hasOwn(answers, assetKey) ? (answers[assetKey] ?? null) : null;
}
