import { inspect } from 'node:util';
import { JsonFloat, type JsonValue, toJsonValue } from './protocol/index.ts';

/** What was given to a log method, as text: an Error with its stack and causes, an object as JSON, a string as it is. */
export function toLogText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return inspect(value);
  if (typeof value === 'object' && value !== null) return attempt(() => toReadableJson(toJsonValue(value, () => {})));
  return String(value);
}

/** JSON for people: other scripts than Latin stay readable, NaN is NaN. */
export function toReadableJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner instanceof JsonFloat) return inner.value;
    return typeof inner === 'bigint' || (typeof inner === 'number' && !Number.isFinite(inner)) ? String(inner) : inner;
  });
}

function attempt(step: () => string): string {
  try {
    return step();
  } catch (error) {
    // An object that cannot be read is no reason to fail where its owner only wanted to log.
    return `[an object that cannot be shown: ${String(error)}]`;
  }
}
