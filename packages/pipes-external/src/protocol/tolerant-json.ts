import { JsonFloat, type JsonValue, MAX_INTEGER_DIGITS, setKey } from './json.ts';

const WORDS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

const SPACE = /[ \t\n\r]*/y;
const WORD = /true|false|null|NaN|-?Infinity/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

/**
 * The slow road of `parseWireJson`: what `JSON.parse` refuses (NaN, infinities) or would round (large integers).
 *
 * @throws SyntaxError with the position, and nothing of the text, which may hold secrets
 */
export function parseTolerantly(text: string, options: TolerantOptions): JsonValue {
  return new Parser(text, options).parse();
}

export interface TolerantOptions {
  readonly maxDepth: number;
  /** Whether a whole number that is written as a float becomes a {@link JsonFloat}. */
  readonly keepsFloats: boolean;
}

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #keepsFloats: boolean;
  #at = 0;

  constructor(text: string, { maxDepth, keepsFloats }: TolerantOptions) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#keepsFloats = keepsFloats;
  }

  parse(): JsonValue {
    const result = this.#value(0);
    this.#take(SPACE);
    return this.#at < this.#text.length ? this.#fail() : result;
  }

  #value(depth: number): JsonValue {
    this.#take(SPACE);
    if (this.#text[this.#at] === '"') return this.#string();
    if (this.#skip('{')) return this.#object(this.#deeper(depth));
    if (this.#skip('[')) return this.#array(this.#deeper(depth));
    const word = this.#take(WORD);
    if (word) return WORDS.get(word[0]) ?? null;
    const start = this.#at;
    const number = this.#take(NUMBER) ?? this.#fail();
    const isInteger = number[1] === undefined && number[2] === undefined;
    if (isInteger) return toInteger(number[0], start);
    const float = Number(number[0]);
    return this.#keepsFloats && Number.isInteger(float) ? new JsonFloat(float) : float;
  }

  #object(depth: number): JsonValue {
    const result: Record<string, JsonValue> = {};
    if (this.#skip('}')) return result;
    do {
      this.#take(SPACE);
      const key = this.#string();
      if (!this.#skip(':')) this.#fail();
      const value = this.#value(depth);
      setKey(result, key, value);
    } while (this.#skip(','));
    return this.#skip('}') ? result : this.#fail();
  }

  #array(depth: number): JsonValue {
    const result: JsonValue[] = [];
    if (this.#skip(']')) return result;
    do result.push(this.#value(depth));
    while (this.#skip(','));
    return this.#skip(']') ? result : this.#fail();
  }

  #deeper(depth: number): number {
    if (depth >= this.#maxDepth) throw tooDeep(this.#maxDepth);
    return depth + 1;
  }

  #string(): string {
    const start = this.#at;
    if (this.#text[start] !== '"') this.#fail();
    this.#at = this.#endOfString(start);
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw new SyntaxError(`Malformed string at position ${start}`);
    }
  }

  #endOfString(start: number): number {
    for (let end = start; ;) {
      end = this.#text.indexOf('"', end + 1);
      if (end === -1) throw new SyntaxError(`Unterminated string at position ${start}`);
      let escapes = 0;
      while (this.#text[end - 1 - escapes] === '\\') escapes += 1;
      if (escapes % 2 === 0) return end + 1;
    }
  }

  #skip(token: string): boolean {
    this.#take(SPACE);
    if (this.#text[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  #fail(): never {
    const found = this.#at < this.#text.length ? 'character' : 'end';
    throw new SyntaxError(`Unexpected ${found} at position ${this.#at}`);
  }
}

function tooDeep(maxDepth: number): SyntaxError {
  return new SyntaxError(`JSON is nested deeper than ${maxDepth} levels`);
}

function toInteger(literal: string, position: number): number | bigint {
  const number = Number(literal);
  if (Number.isSafeInteger(number)) return number;
  // Reading more takes a time that grows with their square.
  if (literal.replace('-', '').length > MAX_INTEGER_DIGITS) {
    throw new SyntaxError(`Integer of more than ${MAX_INTEGER_DIGITS} digits at position ${position}`);
  }
  return BigInt(literal);
}
