import { isJsonObject, JsonFloat, type JsonValue } from './json.ts';
import { parseTolerantly, tooDeep } from './tolerant-json.ts';

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
  const parts: string[] = [];
  append(parts, value, 0);
  return parts.join('');
}

/** A string as ASCII JSON. The common case costs one native call and one scan. */
export function stringifyWireString(text: string): string {
  const json = JSON.stringify(text);
  if (!NON_ASCII.test(json)) return json.includes('\\ud') ? escapeNonAscii(JSON.stringify(wellFormed(text))) : json;
  return escapeNonAscii(json.includes('\\ud') ? JSON.stringify(wellFormed(text)) : json);
}

/**
 * Parses one JSON text as Python writes it: bare NaN, Infinity and -Infinity are numbers, integers beyond the safe range
 * are `bigint`.
 *
 * @throws SyntaxError, also for what is nested deeper than {@link MAX_JSON_DEPTH}: whoever walks the result may recurse
 */
export function parseWireJson(text: string): JsonValue {
  if (LONG_DIGITS.test(text)) return parseTolerantly(text, MAX_JSON_DEPTH);
  const value = parseNatively(text);
  // A text shorter than this cannot hold that many brackets.
  if (text.length > 2 * MAX_JSON_DEPTH && !fits(value, MAX_JSON_DEPTH)) throw tooDeep(MAX_JSON_DEPTH);
  return value;
}

function parseNatively(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (text.includes('NaN') || text.includes('Infinity')) return parseTolerantly(text, MAX_JSON_DEPTH);
    throw error;
  }
}

function fits(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => fits(inner, levels - 1));
}

const LONG_DIGITS = /[0-9]{16}/;

function append(parts: string[], value: JsonValue, depth: number): void {
  if (typeof value === 'string') {
    parts.push(stringifyWireString(value));
  } else if (typeof value === 'number') {
    parts.push(numberLiteral(value));
  } else if (typeof value === 'boolean' || value === null || typeof value === 'bigint') {
    parts.push(String(value));
  } else if (value instanceof JsonFloat) {
    parts.push(floatLiteral(value.value));
  } else if (depth >= MAX_JSON_DEPTH) {
    throw new TypeError(`Cannot write JSON nested deeper than ${MAX_JSON_DEPTH} levels.`);
  } else if (Array.isArray(value)) {
    appendArray(parts, value, depth);
  } else if (isJsonObject(value)) {
    appendObject(parts, value, depth);
  } else {
    throw new TypeError(`Cannot write a ${describeType(value)} as JSON.`);
  }
}

function appendArray(parts: string[], items: readonly JsonValue[], depth: number): void {
  parts.push('[');
  items.forEach((item, index) => {
    if (index > 0) parts.push(', ');
    append(parts, item, depth + 1);
  });
  parts.push(']');
}

function appendObject(parts: string[], object: { readonly [key: string]: JsonValue }, depth: number): void {
  parts.push('{');
  let first = true;
  for (const key of Object.keys(object)) {
    if (!first) parts.push(', ');
    first = false;
    parts.push(stringifyWireString(key), ': ');
    append(parts, object[key] as JsonValue, depth + 1);
  }
  parts.push('}');
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
