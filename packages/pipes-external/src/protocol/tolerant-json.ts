import { type JsonValue, setKey } from './json.ts';

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
const STRING = /"(?:[^"\\\x00-\x1f]|\\.)*"/y;

/**
 * The slow road of `parseWireJson`: what `JSON.parse` refuses (NaN, infinities) or would round (large integers).
 *
 * @throws SyntaxError
 */
export function parseTolerantly(text: string, maxDepth: number): JsonValue {
  return new Parser(text, maxDepth).parse();
}

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
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
    const number = this.#take(NUMBER) ?? this.#fail();
    return toNumber(number[0], number[1] === undefined && number[2] === undefined);
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
    const match = this.#take(STRING) ?? this.#fail();
    return JSON.parse(match[0]) as string;
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
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : 'end of JSON';
    throw new SyntaxError(`Unexpected ${found} at position ${this.#at}`);
  }
}

export function tooDeep(maxDepth: number): SyntaxError {
  return new SyntaxError(`JSON is nested deeper than ${maxDepth} levels`);
}

function toNumber(literal: string, isInteger: boolean): number | bigint {
  const number = Number(literal);
  return isInteger && !Number.isSafeInteger(number) ? BigInt(literal) : number;
}
