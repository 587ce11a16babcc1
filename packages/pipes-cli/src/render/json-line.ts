import { isJsonObject, JsonFloat, type JsonValue, stringifyWireJson, toJsonValue } from 'pipes-external/protocol';

/**
 * Any value as one line of JSON that every parser accepts: dates as ISO text, integers of any size exact, metadata as
 * `{ type, value }`, and NaN and the infinities, which JSON does not have, as text.
 */
export function toJsonLine(value: object): string {
  return stringifyWireJson(withoutNonFinite(toJsonValue(value, ignoreLoss)));
}

/** Events hold only what can travel: what else is in a value is nothing to a reader of lines. */
function ignoreLoss(): void {}

function withoutNonFinite(value: JsonValue): JsonValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof JsonFloat) return Number.isFinite(value.value) ? value : String(value.value);
  if (Array.isArray(value)) return value.map(withoutNonFinite);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutNonFinite(item)]));
}
