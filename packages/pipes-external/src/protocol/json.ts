/**
 * What travels over Pipes. Wider than JSON in two ways that Python uses on the wire: integers of any size
 * (`bigint` beyond the safe range) and the numbers NaN, Infinity and -Infinity.
 */
export type JsonValue = string | number | bigint | boolean | null | JsonFloat | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** The longest integer that either end reads; Python's own limit. */
export const MAX_INTEGER_DIGITS = 4300;

const FLOAT_BRAND = Symbol.for('pipes.json-float');

/**
 * A number that must look like a float on the wire: `1` is written `1.0`. Python checks the type of some values
 * strictly and refuses an integer literal there.
 */
export class JsonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  get [FLOAT_BRAND](): true {
    return true;
  }

  /** Makes `instanceof` hold across an ESM and a CJS copy. */
  static [Symbol.hasInstance](value: unknown): value is JsonFloat {
    return typeof value === 'object' && value !== null && FLOAT_BRAND in value;
  }
}

/** True for a plain object, as `JSON.parse` makes them, and false for arrays, null and class instances. */
export function isJsonObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Sets a key of a plain object, also `__proto__`, which an assignment would take for the prototype. */
export function setKey<V>(object: Record<string, V>, key: string, value: V): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
