import { isJsonObject, JsonFloat, type JsonObject, type JsonValue } from './json.ts';
import { parseTolerantly } from './tolerant-json.ts';

/** Text that JSON writes as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const NON_ASCII = /[^\x00-\x7f]/;
const EACH_NON_ASCII = /[^\x00-\x7f]/g;

/** How deep values may nest, at either end. Python's own limit is near 1,000. */
export const MAX_JSON_DEPTH = 500;

/**
 * JSON as Python's reader accepts it: ASCII only, {@link JsonFloat} and numbers beyond the safe range as floats, `bigint`
 * exact, NaN and infinities as bare words, lone surrogates replaced by U+FFFD.
 *
 * @throws TypeError for a value that is not a {@link JsonValue}, or is nested deeper than {@link MAX_JSON_DEPTH}.
 */
export function stringifyWireJson(value: JsonValue): string {
  return write(value, 0);
}

/** A string as ASCII JSON. The common case costs one scan. */
export function stringifyWireString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  const json = JSON.stringify(text);
  if (!NON_ASCII.test(json)) return json.includes('\\ud') ? escapeNonAscii(JSON.stringify(wellFormed(text))) : json;
  return escapeNonAscii(json.includes('\\ud') ? JSON.stringify(wellFormed(text)) : json);
}

export interface ParseWireJsonOptions {
  /** Whether a whole number that is written as a float, `1.0`, becomes a {@link JsonFloat}. @default false */
  readonly keepsFloats?: boolean;
}

/**
 * Parses one JSON text as Python writes it: bare NaN, Infinity and -Infinity are numbers, integers beyond the safe range
 * are `bigint`.
 *
 * @throws SyntaxError that says where but quotes nothing. Also for an integer of more than 4,300
 * digits, and for what is nested deeper than {@link MAX_JSON_DEPTH}: whoever walks the result may recurse
 */
export function parseWireJson(text: string, { keepsFloats = false }: ParseWireJsonOptions = {}): JsonValue {
  if (!keepsFloats || !WHOLE_FLOAT.test(text)) {
    const value = parseNatively(text);
    if (value !== undefined && isExact(value, MAX_JSON_DEPTH)) return value;
  }
  return parseTolerantly(text, { maxDepth: MAX_JSON_DEPTH, keepsFloats });
}

const WHOLE_FLOAT = /[0-9](?:\.0|[eE])/;

/** Nothing for what is no JSON in the strict sense. V8's errors quote the text, which may hold secrets. */
function parseNatively(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Whether the value is what was written: no number so large that it was rounded, and nothing nested too deep. */
function isExact(value: JsonValue, levels: number): boolean {
  if (typeof value === 'number') return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  const object = value as JsonObject;
  for (const key in object) {
    if (!isExact(object[key] as JsonValue, levels - 1)) return false;
  }
  return true;
}

function write(value: JsonValue, depth: number): string {
  if (typeof value === 'string') return stringifyWireString(value);
  if (typeof value === 'number') return numberLiteral(value);
  if (typeof value === 'boolean' || value === null || typeof value === 'bigint') return String(value);
  if (value instanceof JsonFloat) return floatLiteral(value.value);
  if (depth >= MAX_JSON_DEPTH) throw new TypeError(`Cannot write JSON nested deeper than ${MAX_JSON_DEPTH} levels.`);
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => write(item, depth + 1)).join(', ')}]`;
  if (isJsonObject(value)) return writeObject(value, depth);
  throw new TypeError(`Cannot write a ${describeType(value)} as JSON.`);
}

/** Joined by hand: the fields of every message but a log pass through here. */
function writeObject(object: JsonObject, depth: number): string {
  let json = '{';
  for (const key of Object.keys(object)) {
    if (json.length > 1) json += ', ';
    json += `${stringifyWireString(key)}: ${write(object[key] as JsonValue, depth + 1)}`;
  }
  return `${json}}`;
}

function numberLiteral(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  if (Number.isFinite(value)) return withPoint(String(value));
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function floatLiteral(value: number): string {
  return withPoint(Object.is(value, -0) ? '-0' : numberLiteral(value));
}

/** Digits alone would be an integer to the other end, and beyond the safe range not this one. */
function withPoint(literal: string): string {
  return /^-?\d+$/.test(literal) ? `${literal}.0` : literal;
}

function escapeNonAscii(json: string): string {
  return json.replace(EACH_NON_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

function describeType(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  const constructor: unknown = (value as { constructor?: unknown }).constructor;
  return typeof constructor === 'function' && constructor.name ? constructor.name : 'object';
}
