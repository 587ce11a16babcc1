import { inspect } from 'node:util';
import { type JsonValue, stringifyWireJson, toJsonValue } from './protocol/index.ts';

/** What was given to a log method, as text: an Error with its stack and causes, an object as JSON, a string as it is. */
export function toLogText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    if (typeof value !== 'object' || value === null || value instanceof Error) return inspect(value);
    return toReadableJson(toJsonValue(value, () => {}));
  } catch (error) {
    // A value that cannot be read is no reason to fail where its owner only wanted to log.
    return `[a value that cannot be shown: ${String(error)}]`;
  }
}

/** JSON for people: as on the wire, but with other letters than ASCII as they are. */
export function toReadableJson(value: JsonValue): string {
  return stringifyWireJson(value).replace(/\\(?:u([0-9a-f]{4})|.)/g, (escape, hex: string | undefined) => {
    const unit = hex === undefined ? 0 : Number.parseInt(hex, 16);
    return unit > 0x9f ? String.fromCharCode(unit) : escape;
  });
}
