import { JsonFloat, type JsonValue } from './json.ts';
import { toPipesException } from './exception.ts';
import { MAX_JSON_DEPTH } from './wire-json.ts';

/**
 * Any JavaScript value as JSON that can travel. Total: it never throws for what the value is, and says by `warn` what it
 * could not keep.
 *
 * | value | becomes |
 * |---|---|
 * | string, number, `bigint`, boolean, null, `JsonFloat` | itself |
 * | undefined, function, symbol | left out of an object, null in an array and at the top (function, symbol: with a warning) |
 * | Date | ISO-8601 text; null when invalid |
 * | URL, RegExp | text |
 * | Map | an object when every key is a string, else a list of pairs |
 * | Set and other typed arrays | a list |
 * | Uint8Array, Buffer, ArrayBuffer | base64 text |
 * | Error | `{ name, message, stack, cause, context }` |
 * | an object with `toJSON` | what that returns |
 * | any other object | its own enumerable properties; one whose getter throws is left out with a warning |
 * | a reference back to an enclosing object, or too deep a nesting | the text "[circular]", "[too deep]", with a warning |
 */
export function toJsonValue(value: unknown, warn: (problem: string) => void): JsonValue {
  return new Converter(warn).convert(value, 0) ?? null;
}

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
      case 'bigint':
      case 'boolean':
        return value;
      case 'undefined':
        return undefined;
      case 'function':
      case 'symbol':
        this.#warn(`lost a ${typeof value}, which JSON cannot carry`);
        return undefined;
      default:
        return value === null || value instanceof JsonFloat ? value : this.#convertObject(value as object, depth);
    }
  }

  #convertObject(value: object, depth: number): JsonValue | undefined {
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
    if (value instanceof Error) return { ...toPipesException(value) } as unknown as JsonValue;
    if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64');
    if (value instanceof Uint8Array)
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    if (ArrayBuffer.isView(value) && Symbol.iterator in value) return this.#list(value as Iterable<unknown>, depth);
    const toJson = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJson === 'function') return this.convert((toJson as () => unknown).call(value), depth + 1);
    return this.#properties(value, depth);
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
      const value = this.#property(object, key, depth);
      if (value !== undefined) {
        Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
      }
    }
    return result;
  }

  #property(object: object, key: string, depth: number): JsonValue | undefined {
    try {
      return this.convert((object as Record<string, unknown>)[key], depth + 1);
    } catch (error) {
      this.#warn(`lost the property ${JSON.stringify(key)}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}
