import { JsonFloat, type JsonValue, MAX_INTEGER_DIGITS, setKey } from './json.ts';
import { toPipesException } from './exception.ts';
import { MAX_JSON_DEPTH } from './wire-json.ts';

/**
 * Any JavaScript value as JSON that can travel. Total: it never throws for what the value is, and says by `warn` what it
 * could not keep.
 *
 * | value | becomes |
 * |---|---|
 * | string, number, `bigint`, boolean, null, `JsonFloat` | itself |
 * | a boxed string, number, `bigint` or boolean (`new String('x')`) | what is in the box |
 * | undefined | left out of an object, null in an array and at the top |
 * | function, symbol, Promise, an object that throws when it is read | the same, with a warning |
 * | `bigint` of more than 4,300 digits, which Python cannot read | the same, with a warning |
 * | Date | ISO-8601 text; null when invalid |
 * | URL, RegExp | text |
 * | Map | an object when every key is a string, else a list of pairs |
 * | Set and other typed arrays | a list |
 * | Uint8Array, Buffer, ArrayBuffer, DataView | base64 text |
 * | Error | `{ name, message, stack, cause, context }` |
 * | an object with `toJSON` | what that returns; where it returns the object itself, as any other object |
 * | any other object | its own enumerable properties; one whose getter throws is left out with a warning |
 * | a reference back to an enclosing object, or too deep a nesting | the text "[circular]", "[too deep]", with a warning |
 */
export function toJsonValue(value: unknown, warn: (problem: string) => void): JsonValue {
  return new Converter(warn).convert(value, 0) ?? null;
}

/** What a value is that JSON cannot carry in any form, in words; `undefined` for all others. */
export function whyNotJson(value: unknown): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}, which JSON cannot carry`;
  if (typeof value === 'bigint' && (value >= TOO_LONG || value <= -TOO_LONG))
    return `an integer of more than ${MAX_INTEGER_DIGITS} digits, which Python cannot read`;
  return value instanceof Promise ? 'a Promise: await it first' : undefined;
}

const TOO_LONG = 10n ** BigInt(MAX_INTEGER_DIGITS);

const BOXES = [String, Number, BigInt, Boolean] as const;

class Converter {
  readonly #warn: (problem: string) => void;
  readonly #enclosing = new Set<object>();

  constructor(warn: (problem: string) => void) {
    this.#warn = warn;
  }

  /** `undefined` means that there is nothing to carry. */
  convert(value: unknown, depth: number): JsonValue | undefined {
    switch (typeof value) {
      case 'string':
      case 'number':
      case 'boolean':
        return value;
      case 'bigint': {
        const flaw = whyNotJson(value);
        return flaw === undefined ? value : this.#refuse(flaw);
      }
      case 'undefined':
        return undefined;
      case 'object':
        return value === null ? null : this.#read(() => this.#convertObject(value, depth));
      default:
        return this.#refuse(whyNotJson(value) ?? typeof value);
    }
  }

  #convertObject(value: object, depth: number): JsonValue | undefined {
    if (value instanceof JsonFloat) return value;
    const flaw = whyNotJson(value);
    if (flaw !== undefined) return this.#refuse(flaw);
    if (this.#enclosing.has(value)) {
      this.#warn('refers to itself; the inner reference became "[circular]"');
      return '[circular]';
    }
    if (depth >= MAX_JSON_DEPTH - 10) {
      this.#warn(`is nested deeper than ${depth} levels; the rest became "[too deep]"`);
      return '[too deep]';
    }
    this.#enclosing.add(value);
    try {
      return this.#convertKnown(value, depth);
    } finally {
      this.#enclosing.delete(value);
    }
  }

  #convertKnown(value: object, depth: number): JsonValue | undefined {
    if (Array.isArray(value) || value instanceof Set) return this.#list(value, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof URL || value instanceof RegExp) return String(value);
    if (value instanceof Map) return this.#map(value, depth);
    if (value instanceof Error) return this.#properties(toPipesException(value), depth);
    if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64');
    if (value instanceof Uint8Array || value instanceof DataView)
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    if (ArrayBuffer.isView(value)) return this.#list(value as unknown as Iterable<unknown>, depth);
    const toJson = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJson === 'function') {
      const json = (toJson as () => unknown).call(value);
      return json === value ? this.#properties(value, depth) : this.convert(json, depth + 1);
    }
    return BOXES.some((box) => value instanceof box)
      ? this.convert(value.valueOf(), depth)
      : this.#properties(value, depth);
  }

  #list(items: Iterable<unknown>, depth: number): JsonValue {
    return Array.from(items, (item) => this.convert(item, depth + 1) ?? null);
  }

  #map(map: ReadonlyMap<unknown, unknown>, depth: number): JsonValue {
    const entries = [...map];
    if (!entries.every(([key]) => typeof key === 'string')) return this.#list(entries, depth);
    return this.#properties(Object.fromEntries(entries), depth);
  }

  #properties(object: object, depth: number): JsonValue {
    const result: Record<string, JsonValue> = {};
    for (const key of Object.keys(object)) {
      const value = this.#read(() => this.convert((object as Record<string, unknown>)[key], depth + 1), key);
      if (value !== undefined) {
        setKey(result, key, value);
      }
    }
    return result;
  }

  /** A getter, a `toJSON` or a proxy may throw: that costs what was read, not what is around it. */
  #read(step: () => JsonValue | undefined, key?: string): JsonValue | undefined {
    try {
      return step();
    } catch (error) {
      const what = key === undefined ? 'an object' : `the property ${JSON.stringify(key)}`;
      return this.#refuse(`${what} that cannot be read (${toPipesException(error).message})`);
    }
  }

  #refuse(what: string): undefined {
    this.#warn(`lost ${what}`);
    return undefined;
  }
}
