import type { ExternalErrorCode } from './errors.ts';
import type { ReportAssetCheck, ReportAssetMaterialization } from './pipes-context.ts';
import {
  isJsonObject,
  type JsonObject,
  type MetadataInput,
  normalizeMetadata,
  PIPES_STREAMS,
  PipesError,
  type PipesMethods,
  type PipesStream,
  toJsonValue,
  toWireMetadata,
  type WireMetadata,
} from './protocol/index.ts';
import { toLogText } from './readable.ts';

/** Judged params of a report, and what of it could not be carried. */
export interface JudgedReport<Params> {
  readonly params: Params;
  readonly warnings: readonly string[];
}

/** Decides which asset a report is about. `subject` says for errors what is reported. */
export type ResolveAssetKey = (given: string | undefined, subject: string) => string;

const MATERIALIZATION_FIELDS: ReadonlySet<string> = new Set(['assetKey', 'metadata', 'dataVersion']);
const CHECK_FIELDS: ReadonlySet<string> = new Set(['checkName', 'passed', 'severity', 'metadata', 'assetKey']);

/** @throws PipesError PIPES_REPORT_INVALID naming the field that is wrong */
export function judgeMaterialization(
  report: ReportAssetMaterialization,
  resolveAssetKey: ResolveAssetKey,
): JudgedReport<PipesMethods['report_asset_materialization']> {
  const subject = 'a materialization';
  judgeFields(report, MATERIALIZATION_FIELDS, subject);
  const dataVersion = report.dataVersion ?? null;
  demand(dataVersion === null || typeof dataVersion === 'string', {
    subject,
    field: 'dataVersion',
    got: dataVersion,
    expected: 'a string or null',
  });
  const { metadata, warnings } = judgeMetadata(report.metadata, subject);
  const assetKey = judgeAssetKey(report.assetKey, subject, resolveAssetKey);
  return { params: { asset_key: assetKey, metadata, data_version: dataVersion }, warnings };
}

/** @throws PipesError PIPES_REPORT_INVALID naming the field that is wrong */
export function judgeCheck(
  report: ReportAssetCheck,
  resolveAssetKey: ResolveAssetKey,
): JudgedReport<PipesMethods['report_asset_check']> {
  judgeFields(report, CHECK_FIELDS, 'a check');
  const { checkName, passed, severity = 'ERROR' } = report;
  const isNamed = typeof checkName === 'string' && checkName !== '';
  demand(isNamed, { subject: 'a check', field: 'checkName', got: checkName, expected: 'a non-empty string' });
  const subject = `the check "${checkName}"`;
  demand(typeof passed === 'boolean', { subject, field: 'passed', got: passed, expected: 'true or false' });
  const isSeverity = severity === 'WARN' || severity === 'ERROR';
  demand(isSeverity, { subject, field: 'severity', got: severity, expected: '"WARN" or "ERROR"' });
  const { metadata, warnings } = judgeMetadata(report.metadata, subject);
  const assetKey = judgeAssetKey(report.assetKey, subject, resolveAssetKey);
  return { params: { asset_key: assetKey, check_name: checkName, passed, severity, metadata }, warnings };
}

/** @throws PipesError PIPES_REPORT_INVALID naming the field that is wrong */
export function judgeExternalStream(
  stream: PipesStream,
  text: string,
  extras: JsonObject,
): PipesMethods['log_external_stream'] {
  const subject = 'output';
  demand(PIPES_STREAMS.includes(stream), { subject, field: 'stream', got: stream, expected: '"stdout" or "stderr"' });
  demand(typeof text === 'string', { subject, field: 'text', got: text, expected: 'a string' });
  const judged = toJsonValue(extras, () => {});
  if (!isJsonObject(judged)) throw invalid({ subject, field: 'extras', got: extras, expected: 'an object' });
  return { stream, text, extras: judged };
}

/**
 * The rules of pipes-protocol.md §3.6: a key that is given has to be one of the step's, where it has any; one that is
 * left out is the step's only one.
 */
export function assetKeyResolver(assetKeys: readonly string[] | null): ResolveAssetKey {
  const known: ReadonlySet<string> = new Set(assetKeys);
  const only = known.size === 1 ? assetKeys?.[0] : undefined;
  return (given, subject) => {
    if (given !== undefined) {
      if (known.size === 0 || known.has(given)) return given;
      throw invalid({ subject, field: 'assetKey', got: given, expected: oneOf(assetKeys ?? []) });
    }
    if (only !== undefined) return only;
    throw invalid({
      subject,
      field: 'assetKey',
      got: given,
      expected: known.size === 0 ? 'an asset key, since this step has none of its own' : oneOf(assetKeys ?? []),
    });
  };
}

function judgeAssetKey(given: unknown, subject: string, resolveAssetKey: ResolveAssetKey): string {
  const isKey = given === undefined || (typeof given === 'string' && given !== '');
  demand(isKey, { subject, field: 'assetKey', got: given, expected: 'a non-empty string' });
  return resolveAssetKey(given as string | undefined, subject);
}

function judgeMetadata(
  given: MetadataInput | null | undefined,
  subject: string,
): { readonly metadata: WireMetadata | null; readonly warnings: readonly string[] } {
  if (given === undefined || given === null) return { metadata: null, warnings: [] };
  const isRecord = typeof given === 'object' && !(Symbol.iterator in given);
  demand(isRecord, { subject, field: 'metadata', got: given, expected: 'an object from names to values' });
  const { metadata, warnings } = normalizeMetadata(given);
  return { metadata: toWireMetadata(metadata), warnings };
}

/** A field with a wrong name, such as `asset_key`, would else be lost without a word. */
function judgeFields(report: unknown, fields: ReadonlySet<string>, subject: string): void {
  const isObject = typeof report === 'object' && report !== null;
  demand(isObject, { subject, field: 'the report', got: report, expected: 'an object' });
  for (const field of Object.keys(report as object)) {
    if (!fields.has(field)) {
      throw invalid({
        subject,
        field,
        got: (report as JsonObject)[field],
        expected: `one of ${[...fields].join(', ')}`,
      });
    }
  }
}

interface Complaint {
  readonly subject: string;
  readonly field: string;
  readonly got: unknown;
  readonly expected: string;
}

function demand(isRight: boolean, complaint: Complaint): void {
  if (!isRight) throw invalid(complaint);
}

function invalid({ subject, field, got, expected }: Complaint): PipesError<ExternalErrorCode> {
  const value = typeof got === 'string' ? JSON.stringify(got) : toLogText(got);
  const shown = value.length > 200 ? `${value.slice(0, 200)}…` : value;
  return new PipesError(
    'PIPES_REPORT_INVALID',
    `Cannot report ${subject}: ${field} is ${shown}, but must be ${expected}. Nothing was sent.`,
  );
}

function oneOf(keys: readonly string[]): string {
  const shown = keys.slice(0, 5).map((key) => JSON.stringify(key));
  return `one of the assets of this step: ${shown.join(', ')}${keys.length > 5 ? ` and ${keys.length - 5} more` : ''}`;
}
