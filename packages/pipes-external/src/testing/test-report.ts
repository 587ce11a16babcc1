import {
  type JsonValue,
  type Metadata,
  parseMetadataValue,
  type PipesAssetCheckSeverity,
  PipesError,
  type PipesException,
  type PipesLogLevel,
  type PipesMessage,
  type PipesMethod,
  type PipesMethods,
  type PipesStream,
  type WireMetadata,
} from '../protocol/index.ts';

/** What a script reported, as an orchestrator would have received it. */
export interface TestPipesReport {
  readonly logs: readonly { readonly level: PipesLogLevel; readonly message: string }[];
  readonly materializations: readonly TestMaterialization[];
  readonly checks: readonly TestAssetCheck[];
  readonly customMessages: readonly JsonValue[];
  /** Texts that were passed on as output, joined. */
  readonly output: Readonly<Record<PipesStream, string>>;
  /** What `closed` says about a failure; null after a success. */
  readonly exception: PipesException | null;
  /** Every message in order, `opened` and `closed` too, as decoded from its line. */
  readonly messages: readonly PipesMessage[];
}

export interface TestMaterialization {
  readonly assetKey: string;
  readonly metadata: Metadata;
  readonly dataVersion: string | null;
}

export interface TestAssetCheck {
  readonly assetKey: string;
  readonly checkName: string;
  readonly passed: boolean;
  readonly severity: PipesAssetCheckSeverity;
  readonly metadata: Metadata;
}

/** Sorts messages by what they are. */
export function toReport(messages: readonly PipesMessage[]): TestPipesReport {
  const paramsOf = <M extends PipesMethod>(method: M): PipesMethods[M][] =>
    messages.filter((message) => message.method === method).map((message) => message.params as PipesMethods[M]);
  const outputOf = (stream: PipesStream): string =>
    paramsOf('log_external_stream')
      .filter((params) => params.stream === stream)
      .map((params) => params.text)
      .join('');
  return {
    messages,
    logs: paramsOf('log').map(({ level, message }) => ({ level, message })),
    materializations: paramsOf('report_asset_materialization').map((params) => ({
      assetKey: params.asset_key,
      metadata: readMetadata(params.metadata),
      dataVersion: params.data_version,
    })),
    checks: paramsOf('report_asset_check').map((params) => ({
      assetKey: params.asset_key,
      checkName: params.check_name,
      passed: params.passed,
      severity: params.severity,
      metadata: readMetadata(params.metadata),
    })),
    customMessages: paramsOf('report_custom_message').map(({ payload }) => payload),
    output: { stdout: outputOf('stdout'), stderr: outputOf('stderr') },
    exception: paramsOf('closed').at(-1)?.exception ?? null,
  };
}

function readMetadata(wire: WireMetadata | null): Metadata {
  const entries = Object.entries(wire ?? {}).map(([name, { type, raw_value: raw }]) => {
    const value = parseMetadataValue(type, raw);
    if ('problem' in value) throw new PipesError('PIPES_REPORT_INVALID', `metadata "${name}": ${value.problem}`);
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}
