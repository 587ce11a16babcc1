import {
  INFERRED_METADATA_TYPE,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MessageSequence,
  parseWireJson,
  PIPES_PROTOCOL_VERSION_FIELD,
  type PipesMethod,
  type PipesMethods,
} from 'pipes-external/protocol';
import * as z from 'zod';
import type { PipesAssetCheckResult, PipesMaterializeResult } from '../results.ts';
import {
  isCleanExit,
  readException,
  readLogLevel,
  readMetadata,
  readSeverity,
  readText,
  type Remark,
  type Remarks,
  show,
} from './tolerant-values.ts';

/** What each method carries once it was judged: reports are results. */
export interface ReceivedMethods extends Omit<PipesMethods, 'report_asset_materialization' | 'report_asset_check'> {
  report_asset_materialization: PipesMaterializeResult;
  report_asset_check: PipesAssetCheckResult;
}

export type ReceivedMessage<M extends PipesMethod = PipesMethod> = {
  [K in M]: { readonly method: K; readonly params: ReceivedMethods[K] };
}[M];

/** What one line from outside turned out to be. */
export type Line =
  | {
      readonly kind: 'message';
      readonly message: ReceivedMessage;
      readonly sequence: MessageSequence | undefined;
      readonly remarks: readonly Remark[];
    }
  /** A Pipes message with a method that we do not know, perhaps of a later protocol. */
  | { readonly kind: 'unknown'; readonly method: string; readonly sequence: MessageSequence | undefined }
  /** Meant for us, but wrong. */
  | { readonly kind: 'broken'; readonly reason: string; readonly sequence: MessageSequence | undefined }
  /** No Pipes message at all. */
  | { readonly kind: 'foreign'; readonly reason: string };

/** Params of one method: their shape on the wire, and what they become. */
interface Row<Params> {
  judge(params: JsonObject, remarks: Remarks): Params | { readonly problem: string };
}

function row<Shape extends z.ZodRawShape, Params>(
  shape: Shape,
  read: (wire: z.output<z.ZodObject<Shape>>, remarks: Remarks) => Params,
): Row<Params> {
  const schema = z.object(shape);
  const known = new Set(Object.keys(shape));
  return {
    judge(params, remarks) {
      const judged = schema.safeParse(params);
      if (!judged.success) return { problem: describeIssues(judged.error, params) };
      for (const key of Object.keys(params)) {
        if (!known.has(key)) remarks.push({ text: `unknown key ${show(key)} in its params`, lost: false });
      }
      return read(judged.data, remarks);
    },
  };
}

/** Judged where it is read, because what is wrong with it must not cost the message. */
const tolerated = z.unknown().optional();
const jsonObject = z.custom<JsonObject>(isJsonObject, 'must be an object');
const assetKey = z.string('must be a string').min(1, 'must not be empty');

/** One row per method of the protocol: does not compile when one is missing. */
const METHODS: { readonly [M in PipesMethod]: Row<ReceivedMethods[M]> } = {
  opened: row({ extras: jsonObject.nullish() }, ({ extras }) => ({ extras: extras ?? {} })),
  closed: row(
    // The Rust library puts the keys of the exception itself here.
    {
      exception: tolerated,
      message: tolerated,
      stack: tolerated,
      name: tolerated,
      cause: tolerated,
      context: tolerated,
    },
    (wire) => {
      const exception = readException(wire.exception ?? (wire.message === undefined ? null : wire));
      return exception === null || isCleanExit(exception) ? {} : { exception };
    },
  ),
  log: row({ message: tolerated, level: tolerated }, ({ message, level }, remarks) => ({
    message: readText(message, remarks),
    level: readLogLevel(level, remarks),
  })),
  report_asset_materialization: row(
    { asset_key: assetKey, metadata: tolerated, data_version: z.string('must be a string or null').nullish() },
    (wire, remarks) => ({
      kind: 'materialization',
      assetKey: wire.asset_key,
      metadata: readMetadata(wire.metadata, remarks),
      dataVersion: wire.data_version ?? null,
    }),
  ),
  report_asset_check: row(
    {
      asset_key: assetKey,
      check_name: z.string('must be a string').min(1, 'must not be empty'),
      passed: z.boolean('must be true or false'),
      severity: tolerated,
      metadata: tolerated,
    },
    (wire, remarks) => ({
      kind: 'check',
      assetKey: wire.asset_key,
      checkName: wire.check_name,
      passed: wire.passed,
      severity: readSeverity(wire.severity, remarks),
      metadata: readMetadata(wire.metadata, remarks),
    }),
  ),
  report_custom_message: row({ payload: tolerated }, ({ payload }, remarks) => {
    if (payload === undefined) remarks.push({ text: 'its payload is missing, taken as null', lost: false });
    return { payload: (payload ?? null) as JsonValue };
  }),
  log_external_stream: row(
    {
      stream: z.enum(['stdout', 'stderr'], 'must be "stdout" or "stderr"'),
      text: z.string('must be a string'),
      extras: tolerated,
    },
    ({ stream, text, extras }) => ({ stream, text, extras: isJsonObject(extras) ? extras : {} }),
  ),
};

/**
 * Judges one line from outside. Never throws: a bad line is a fact to report, not an exception of ours. Tolerates what
 * the libraries of all languages are known to send, with a remark where it is against the protocol.
 */
export function classifyLine(text: string): Line {
  const outer = parse(text);
  if (outer instanceof SyntaxError) return { kind: 'foreign', reason: `it is not JSON (${outer.message})` };
  if (!isJsonObject(outer)) return { kind: 'foreign', reason: 'it is JSON, but not an object' };
  const { method } = outer;
  const isMarked = Object.hasOwn(outer, PIPES_PROTOCOL_VERSION_FIELD);
  // Python's file reader does not look for the mark, and so a file may hold messages without it.
  if (!isMarked && !isMethod(method)) return { kind: 'foreign', reason: 'it is JSON, but not a message' };
  const remarks: Remarks = [];
  const sequence = readSequence(outer, remarks);
  if (typeof method !== 'string') return { kind: 'broken', reason: 'its "method" is not a string', sequence };
  if (!isMethod(method)) return { kind: 'unknown', method, sequence };
  const message = judgeMessage(method, outer['params'] ?? {}, remarks);
  if ('problem' in message) return { kind: 'broken', reason: message.problem, sequence };
  return { kind: 'message', message, sequence, remarks };
}

/** Judges the params of a method that is known. */
export function judgeMessage(
  method: PipesMethod,
  params: JsonValue,
  remarks: Remarks,
): ReceivedMessage | { readonly problem: string } {
  if (!isJsonObject(params)) return { problem: `the params of "${method}" are not an object` };
  const judged = METHODS[method].judge(params, remarks);
  if ('problem' in judged) return { problem: `in the params of "${method}", ${judged.problem}` };
  return { method, params: judged } as ReceivedMessage;
}

function isMethod(method: unknown): method is PipesMethod {
  return typeof method === 'string' && Object.hasOwn(METHODS, method);
}

function readSequence(outer: JsonObject, remarks: Remarks): MessageSequence | undefined {
  const { writer, seq, total } = outer;
  if (writer === undefined && seq === undefined) return undefined;
  if (typeof writer === 'string' && writer !== '' && writer.length <= MAX_WRITER_LENGTH && isCount(seq)) {
    if (total === undefined) return { writer, seq };
    if (isCount(total)) return { writer, seq, total };
  }
  remarks.push({
    text: `its numbering is unusable: ${show([writer ?? null, seq ?? null, total ?? null])}`,
    lost: false,
  });
  return undefined;
}

/** The name of a writer is kept: it must not be a book. */
const MAX_WRITER_LENGTH = 256;

/** A number after which there is another that is exact. */
function isCount(value: JsonValue | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < Number.MAX_SAFE_INTEGER;
}

function describeIssues(error: z.ZodError, params: JsonObject): string {
  return error.issues
    .map(({ path, message }) => `"${path.join('.')}" ${message}, and is ${show(params[String(path[0])])}`)
    .join('; ');
}

const INFERRED = `"${INFERRED_METADATA_TYPE}"`;

function parse(text: string): JsonValue | SyntaxError {
  try {
    const value = parseWireJson(text);
    // Python leaves the type of a metadata value to us, and tells a float from an int by how it is written.
    return isReport(value) && text.includes(INFERRED) ? parseWireJson(text, { keepsFloats: true }) : value;
  } catch (error) {
    return error instanceof SyntaxError ? error : new SyntaxError(String(error));
  }
}

/** Looked for first, since most of what comes are logs. */
function isReport(value: JsonValue): boolean {
  const method = isJsonObject(value) ? value['method'] : undefined;
  return typeof method === 'string' && method.startsWith('report_asset_');
}
