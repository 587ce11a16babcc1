import {
  type AnyMetadataValue,
  isJsonObject,
  JsonFloat,
  type JsonValue,
  type Metadata,
  parseMetadataValue,
  type PipesAssetCheckSeverity,
  type PipesException,
  type PipesLogLevel,
  stringifyWireJson,
} from 'pipes-external/protocol';

/** What was unusual in a message that was understood all the same. */
export interface Remark {
  readonly text: string;
  /** Whether a part of the message could not be kept. */
  readonly lost: boolean;
}

export type Remarks = Remark[];

const LEVELS: ReadonlyMap<string, PipesLogLevel> = new Map<string, PipesLogLevel>([
  ['DEBUG', 'DEBUG'],
  ['INFO', 'INFO'],
  ['WARNING', 'WARNING'],
  ['WARN', 'WARNING'],
  ['ERROR', 'ERROR'],
  ['CRITICAL', 'CRITICAL'],
  ['FATAL', 'CRITICAL'],
]);

/** Levels that loggers of other languages know, by the nearest of Dagster's. */
const FOREIGN_LEVELS: ReadonlyMap<string, PipesLogLevel> = new Map<string, PipesLogLevel>([
  ['NOTSET', 'DEBUG'],
  ['TRACE', 'DEBUG'],
  ['VERBOSE', 'DEBUG'],
  ['SILLY', 'DEBUG'],
  ['FINE', 'DEBUG'],
  ['NOTICE', 'INFO'],
  ['SEVERE', 'ERROR'],
  ['ALERT', 'CRITICAL'],
  ['EMERGENCY', 'CRITICAL'],
]);

/** A log level in any case; one that Dagster does not have becomes the nearest. */
export function readLogLevel(value: unknown, remarks: Remarks): PipesLogLevel {
  if (value === undefined) return 'INFO';
  const name = typeof value === 'string' ? value.toUpperCase() : '';
  const level = LEVELS.get(name);
  if (level !== undefined) return level;
  const nearest = FOREIGN_LEVELS.get(name) ?? numberedLevel(name) ?? 'INFO';
  remarks.push({ text: `unknown log level ${show(value)}, taken as ${nearest}`, lost: false });
  return nearest;
}

/** Python names a level without a name by its number, `Level 15`. It counts as the named one below it. */
function numberedLevel(name: string): PipesLogLevel | undefined {
  const number = /^LEVEL (\d+)$/.exec(name)?.[1];
  if (number === undefined) return undefined;
  const steps: readonly PipesLogLevel[] = ['DEBUG', 'DEBUG', 'INFO', 'WARNING', 'ERROR'];
  return steps[Math.floor(Number(number) / 10)] ?? 'CRITICAL';
}

export function readSeverity(value: unknown, remarks: Remarks): PipesAssetCheckSeverity {
  if (value === 'ERROR' || value === 'WARN') return value;
  if (value === undefined || value === null) return 'ERROR';
  const name = typeof value === 'string' ? value.toUpperCase() : '';
  const severity = name === 'WARN' || name === 'WARNING' ? 'WARN' : 'ERROR';
  if (name !== severity) remarks.push({ text: `unknown severity ${show(value)}, taken as ${severity}`, lost: false });
  return severity;
}

/** The text of a log message. The old TypeScript library sends whatever it was given. */
export function readText(value: unknown, remarks: Remarks): string {
  if (typeof value === 'string') return value;
  remarks.push({ text: `its text is ${show(value)} where a string belongs`, lost: false });
  return value === undefined ? '' : stringifyWireJson(value as JsonValue);
}

/** Metadata as typed values. A value that is wrong costs its own key, never the report. */
export function readMetadata(value: unknown, remarks: Remarks): Metadata {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) {
    remarks.push({ text: `its metadata was left out: it must be an object, not ${show(value)}`, lost: true });
    return {};
  }
  const entries: [string, AnyMetadataValue][] = [];
  for (const [key, wire] of Object.entries(value)) {
    const parsed = readMetadataValue(wire);
    if ('problem' in parsed) {
      remarks.push({ text: `metadata ${JSON.stringify(key)} was left out: ${parsed.problem}`, lost: true });
    } else {
      entries.push([key, parsed]);
    }
  }
  return Object.fromEntries(entries);
}

function readMetadataValue(wire: JsonValue): AnyMetadataValue | { readonly problem: string } {
  const { type, raw_value: raw } = isJsonObject(wire) ? wire : {};
  if (typeof type === 'string' && raw !== undefined) {
    return parseMetadataValue(type, raw instanceof JsonFloat ? raw : withPlainNumbers(raw));
  }
  return { problem: 'it must be { "type": …, "raw_value": … }' };
}

/** Inside of JSON a float is a number like any other. */
function withPlainNumbers(value: JsonValue): JsonValue {
  if (value instanceof JsonFloat) return value.value;
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPlainNumbers(inner)]));
}

/** `sys.exit()` and `sys.exit(0)` inside of `with open_dagster_pipes()`: how many a Python script ends when all is well. */
export function isCleanExit({ name, message }: PipesException): boolean {
  return name === 'SystemExit' && /^(?:SystemExit(?:: )?)?(?:0|None)?$/.test(message.trim());
}

const MAX_CHAIN = 50;

/**
 * The error in `closed`, as any of the libraries writes it: the old TypeScript one sends `{}`, Java's `context` is a
 * list, others leave keys out.
 */
export function readException(value: unknown, depth = 0): PipesException | null {
  if (typeof value === 'string') return { ...UNKNOWN_EXCEPTION, message: value };
  if (!isJsonObject(value)) return null;
  const { message, stack, name, cause, context } = value;
  const isTooDeep = depth >= MAX_CHAIN;
  return {
    message: typeof message === 'string' ? message : UNKNOWN_EXCEPTION.message,
    stack: Array.isArray(stack) ? stack.filter((frame) => typeof frame === 'string') : [],
    name: typeof name === 'string' ? name : null,
    cause: isTooDeep ? null : readException(cause, depth + 1),
    context: isTooDeep ? null : readException(context, depth + 1),
  };
}

const UNKNOWN_EXCEPTION: PipesException = {
  message: 'the external process said that it failed, and not how',
  stack: [],
  name: null,
  cause: null,
  context: null,
};

const MAX_SHOWN = 80;

/** A value from outside in a message for people: as JSON, cut. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const json = stringifyWireJson(value as JsonValue);
  return json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}…` : json;
}
