import { isJsonObject, parseWireJson, PIPES_PROTOCOL_VERSION_FIELD } from 'pipes-external/protocol';

/** Messages and other output that share a stream, told apart. */
export interface Extracted {
  readonly messages: readonly { readonly text: string; readonly line: number }[];
  /** Everything else, as it was. */
  readonly foreign: string;
  /** Messages that cannot be had: longer than the limit, or without their end. */
  readonly lost: readonly { readonly reason: 'too-long' | 'cut-off'; readonly line: number; readonly length: number }[];
}

const KEY = `"${PIPES_PROTOCOL_VERSION_FIELD}"`;
/** How writers begin a message. Another order of keys counts only where the message is a line of its own. */
const OPENING = `{${KEY}`;

/**
 * Finds messages in a stream of text that carries other output too. A message goes to the end of its line; what stands
 * before it on that line is output. Output is let through at once, also without a newline: only what may become a message
 * is held.
 */
export class MessageExtractor {
  readonly #maxLength: number;
  #line = 1;
  /** The beginning of this line was let through as output. */
  #isMidLine = false;
  /** What is held of this line, in parts: they are joined once. */
  #held: string[] = [];
  #heldLength = 0;
  /** It looks like a message, so the line is held to its end. */
  #isHoldingLine = false;
  /** It is a message too long to keep: only its length is. */
  #isSkippingLine = false;

  /** @param maxLength of a message, in UTF-16 units */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** How many lines have ended. */
  get linesRead(): number {
    return this.#line - 1;
  }

  push(text: string): Extracted {
    const found = new Found();
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#endLine(text.slice(start, end + 1), found);
      start = end + 1;
    }
    if (start < text.length) this.#hold(text.slice(start), found);
    return found;
  }

  /** The stream is at its end: what was held is a message if it is whole. */
  finish(): Extracted {
    const found = new Found();
    if (this.#heldLength === 0) return found;
    this.#endLine('', found);
    const last = found.messages[0];
    if (last !== undefined && parseObject(last.text) === undefined) {
      found.messages = [];
      found.lost.push({ reason: 'cut-off', line: last.line, length: last.text.length });
    }
    return found;
  }

  #hold(part: string, found: Found): void {
    if (this.#isHoldingLine) {
      this.#heldLength += part.length;
      if (!this.#isSkippingLine) this.#held.push(part);
      if (this.#heldLength > this.#maxLength && !this.#isSkippingLine) this.#holdNoMore(found);
      return;
    }
    const text = this.#held.join('') + part;
    const from = this.#mayBeJsonLine(text) ? 0 : startOfOpening(text);
    if (from > 0) this.#isMidLine = true;
    found.foreign += text.slice(0, from);
    this.#held = [text.slice(from)];
    this.#heldLength = text.length - from;
    this.#isHoldingLine = this.#mayBeJsonLine(text) || text.startsWith(OPENING, from);
  }

  #holdNoMore(found: Found): void {
    const text = this.#held.join('');
    this.#held = [];
    if (text.startsWith(OPENING)) {
      this.#isSkippingLine = true;
    } else {
      found.foreign += text;
      this.#startLine({ isMidLine: true });
    }
  }

  #endLine(end: string, found: Found): void {
    if (this.#isSkippingLine) {
      found.lost.push({ reason: 'too-long', line: this.#line, length: this.#heldLength + end.length });
    } else {
      this.#judge(this.#held.join('') + end, found);
    }
    this.#startLine({ isMidLine: false });
    this.#line += 1;
  }

  #judge(text: string, found: Found): void {
    const at = this.#mayBeJsonLine(text) ? findInJsonLine(text) : text.indexOf(OPENING);
    found.foreign += at === -1 ? text : text.slice(0, at);
    if (at === -1) return;
    const length = text.length - at;
    if (length > this.#maxLength) found.lost.push({ reason: 'too-long', line: this.#line, length });
    else found.messages.push({ text: text.slice(at).trimEnd(), line: this.#line });
  }

  #startLine({ isMidLine }: { readonly isMidLine: boolean }): void {
    this.#held = [];
    this.#heldLength = 0;
    this.#isHoldingLine = false;
    this.#isSkippingLine = false;
    this.#isMidLine = isMidLine;
  }

  #mayBeJsonLine(text: string): boolean {
    return !this.#isMidLine && text.startsWith('{');
  }
}

class Found implements Extracted {
  messages: { text: string; line: number }[] = [];
  foreign = '';
  readonly lost: { reason: 'too-long' | 'cut-off'; line: number; length: number }[] = [];
}

/** Where a message begins in a line that begins as JSON: a program's own JSON log may quote a message. */
function findInJsonLine(line: string): number {
  if (line.startsWith(OPENING)) return 0;
  if (!line.includes(KEY)) return -1;
  const object = parseObject(line);
  if (object === undefined) return line.indexOf(OPENING);
  return Object.hasOwn(object, PIPES_PROTOCOL_VERSION_FIELD) ? 0 : -1;
}

/** Where {@link OPENING} begins, be it only with its first characters at the end of the text; the text's end otherwise. */
function startOfOpening(text: string): number {
  const whole = text.indexOf(OPENING);
  if (whole !== -1) return whole;
  let at = Math.max(0, text.length - OPENING.length + 1);
  while (!OPENING.startsWith(text.slice(at))) at += 1;
  return at;
}

function parseObject(text: string): object | undefined {
  try {
    const value = parseWireJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
