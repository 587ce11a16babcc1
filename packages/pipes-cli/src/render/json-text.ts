import { isJsonObject, JsonFloat, type JsonValue } from 'pipes-external/protocol';

/**
 * JSON for people: what fits in `width` stays on one line, the rest is opened up, two spaces a level. Integers are exact,
 * NaN and infinities are bare words. At most `maxLines`, the last of them `…` when there is more.
 */
export function renderJson(value: JsonValue, width: number, maxLines: number): string[] {
  const lines: string[] = [];
  new Printer(lines, width, maxLines).open(value, '', '');
  return lines.length > maxLines ? [...lines.slice(0, maxLines - 1), '…'] : lines;
}

class Printer {
  readonly #lines: string[];
  readonly #width: number;
  readonly #maxLines: number;

  constructor(lines: string[], width: number, maxLines: number) {
    this.#lines = lines;
    this.#width = width;
    this.#maxLines = maxLines;
  }

  /** Appends the value, after `before` (indentation and perhaps a key) and followed by `after` (perhaps a comma). */
  open(value: JsonValue, before: string, after: string): void {
    const room = this.#width - before.length - after.length;
    const inline = inlineJson(value, room);
    if (inline !== undefined) {
      this.#lines.push(before + inline + after);
      return;
    }
    const isList = Array.isArray(value);
    const entries = Object.entries(value as object) as [string, JsonValue][];
    const margin = before.length - before.trimStart().length;
    this.#lines.push(before + (isList ? '[' : '{'));
    for (const [index, [key, item]] of entries.entries()) {
      if (this.#lines.length > this.#maxLines) return;
      const lead = ' '.repeat(margin + 2) + (isList ? '' : `${JSON.stringify(key)}: `);
      this.open(item, lead, index < entries.length - 1 ? ',' : '');
    }
    this.#lines.push(' '.repeat(margin) + (isList ? ']' : '}') + after);
  }
}

/** On one line, or undefined when that takes more than `room`. A scalar is always on one line. */
function inlineJson(value: JsonValue, room: number): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof JsonFloat) return String(value.value);
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = !isJsonObject(value);
  const parts: string[] = [];
  let left = room - 4;
  for (const [key, item] of Object.entries<JsonValue>(value)) {
    const text = inlineJson(item, left);
    if (text === undefined) return undefined;
    parts.push(isList ? text : `${JSON.stringify(key)}: ${text}`);
    left -= parts[parts.length - 1]!.length + 2;
    if (left < -2) return undefined;
  }
  if (parts.length === 0) return isList ? '[]' : '{}';
  return isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
}
