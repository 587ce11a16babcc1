import fc from 'fast-check';
import { JsonFloat, type JsonObject, type JsonValue } from '../src/protocol/index.ts';

/** Text of any 16-bit units: lone surrogates, control characters and all. */
export const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});

const key = fc.oneof(fc.string(), anyText, fc.constantFrom('__proto__', 'constructor', 'toString', 'NaN'));

/** Everything that can travel over Pipes. */
export const jsonValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.string(), anyText, fc.constantFrom('NaN', '-Infinity', '\\ud800', '"', '\\')),
    fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger()),
    fc.bigInt(),
    fc.constantFrom(true, false, null),
    fc.double().map((number) => new JsonFloat(number)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }).map(withPlainPrototype),
  ),
})).value;

export const jsonObject: fc.Arbitrary<JsonObject> = fc
  .dictionary(key, jsonValue, { maxKeys: 6 })
  .map(withPlainPrototype);

/** What the other end has in hand after a value has travelled. */
export function asReceived(value: JsonValue): JsonValue {
  if (typeof value === 'string') return wellFormed(value);
  if (value instanceof JsonFloat) return value.value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Object.is(value, -0)) return 0;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(asReceived);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [wellFormed(name), asReceived(inner)]));
}

/** Text as UTF-8 can hold it. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function withPlainPrototype(object: Readonly<Record<string, JsonValue>>): JsonObject {
  return Object.fromEntries(Object.entries(object));
}
