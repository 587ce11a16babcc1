import type { PipesException } from './exception.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { PIPES_PROTOCOL_VERSION, PIPES_PROTOCOL_VERSION_FIELD } from './version.ts';
import { stringifyWireJson, stringifyWireString } from './wire-json.ts';
import type { WireMetadata, WireMetadataValue } from './wire-metadata.ts';

export type PipesLogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';
export type PipesAssetCheckSeverity = 'WARN' | 'ERROR';
export const PIPES_STREAMS = ['stdout', 'stderr'] as const;
export type PipesStream = (typeof PIPES_STREAMS)[number];

/**
 * Every method an external process may send, with the params it carries, spelled exactly as on the wire
 * (pipes-protocol.md §3.2). Python's reader passes params as keyword arguments: every key must be there, and no other.
 * This table is the single source for {@link PipesMessage} and for the orchestrator's schema. Add a row here first.
 */
export interface PipesMethods {
  opened: { readonly extras: JsonObject };
  closed: { readonly exception?: PipesException };
  log: { readonly message: string; readonly level: PipesLogLevel };
  report_asset_materialization: {
    readonly asset_key: string;
    readonly metadata: WireMetadata | null;
    readonly data_version: string | null;
  };
  report_asset_check: {
    readonly asset_key: string;
    readonly check_name: string;
    readonly passed: boolean;
    readonly severity: PipesAssetCheckSeverity;
    readonly metadata: WireMetadata | null;
  };
  report_custom_message: { readonly payload: JsonValue };
  log_external_stream: { readonly stream: PipesStream; readonly text: string; readonly extras: JsonObject };
}

export type PipesMethod = keyof PipesMethods;

/**
 * Where a message stands in what its writer sent. Our own top-level keys of the envelope: Python's reader looks only at
 * the keys it knows.
 */
export interface MessageSequence {
  /** Which open session of which process wrote it: two writers may share one channel. Letters, digits, `-`, `_`, `.`. */
  readonly writer: string;
  /** Place in what that writer sent: 1, 2, 3 … without gaps. */
  readonly seq: number;
  /** In `closed` only: how many messages the writer sent, `closed` included. */
  readonly total?: number;
}

/** One line of the message stream, as an external process sends it. */
export type PipesMessage<M extends PipesMethod = PipesMethod> = {
  [K in M]: { readonly method: K; readonly params: PipesMethods[K]; readonly sequence: MessageSequence };
}[M];

const OPENING = `{"${PIPES_PROTOCOL_VERSION_FIELD}": "${PIPES_PROTOCOL_VERSION}", "method": "`;

/** A message as one line of ASCII JSON, without the newline. */
export function encodeMessage(message: PipesMessage): string {
  const { writer, seq, total } = message.sequence;
  const count = total === undefined ? '' : `, "total": ${total}`;
  return `${OPENING}${message.method}", "params": ${encodeParams(message)}, "writer": "${writer}", "seq": ${seq}${count}}`;
}

/** By hand where there may be very many: the general road costs twice as much, and for logs three times. */
function encodeParams({ method, params }: PipesMessage): string {
  switch (method) {
    case 'log':
      return `{"message": ${stringifyWireString(params.message)}, "level": "${params.level}"}`;
    case 'report_asset_materialization':
      return `{"asset_key": ${stringifyWireString(params.asset_key)}, "metadata": ${encodeMetadata(params.metadata)}, "data_version": ${stringifyWireJson(params.data_version)}}`;
    case 'report_asset_check':
      return `{"asset_key": ${stringifyWireString(params.asset_key)}, "check_name": ${stringifyWireString(params.check_name)}, "passed": ${params.passed}, "severity": "${params.severity}", "metadata": ${encodeMetadata(params.metadata)}}`;
    default:
      return stringifyWireJson(params as unknown as JsonObject);
  }
}

function encodeMetadata(metadata: WireMetadata | null): string {
  if (metadata === null) return 'null';
  let json = '{';
  for (const name of Object.keys(metadata)) {
    const { type, raw_value: raw } = metadata[name] as WireMetadataValue;
    if (json.length > 1) json += ', ';
    json += `${stringifyWireString(name)}: {"type": ${stringifyWireString(type)}, "raw_value": ${stringifyWireJson(raw)}}`;
  }
  return `${json}}`;
}
