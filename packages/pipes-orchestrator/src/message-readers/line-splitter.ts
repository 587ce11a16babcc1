import { Buffer, isUtf8 } from 'node:buffer';
import type { ReceivedLine } from './message-reader.ts';

/** Longest line that is kept, in bytes. */
export const DEFAULT_MAX_LINE_BYTES = 16 * 1024 * 1024;

/** The place of a line, as a person would look for it. Lines count from 1, bytes from 0. */
export function describePlace(position: LinePosition): string {
  return `line ${position.line.toLocaleString('en-US')} (byte ${position.offset.toLocaleString('en-US')})`;
}

/** Where a line begins: bytes before it, and its number, from 1. */
export interface LinePosition {
  readonly offset: number;
  readonly line: number;
}

/** A line that is not as it should be: found once, with its place. */
export interface LineFlaw {
  /** `too-long`: skipped. `not-utf8`: kept, with U+FFFD in place of the bad bytes. */
  readonly kind: 'too-long' | 'not-utf8';
  readonly place: string;
  readonly bytes: number;
}

export interface SplitLines {
  readonly lines: readonly ReceivedLine[];
  readonly flaws: readonly LineFlaw[];
}

/**
 * Cuts bytes into lines, however they are cut into chunks. A line is decoded only when it is whole; `\r\n` ends a line
 * too; blank lines are left out. A line longer than the limit is skipped without being kept.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  /** Copies of what came of the line in progress; empty once it is too long. */
  #held: Buffer[] = [];
  #lineBytes = 0;
  #offset: number;
  #line: number;

  constructor(options: { readonly start?: LinePosition | undefined; readonly maxLineBytes?: number | undefined } = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
    this.#offset = options.start?.offset ?? 0;
    this.#line = options.start?.line ?? 1;
  }

  /** After the last whole line: where to go on reading. */
  get position(): LinePosition {
    return { offset: this.#offset, line: this.#line };
  }

  /** The lines that this chunk completes. The chunk may be reused afterwards. */
  push(chunk: Uint8Array): SplitLines {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const found = new Found();
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      if (this.#lineBytes === 0) {
        this.#take(bytes, start, end, found);
      } else {
        this.#hold(bytes.subarray(start, end));
        this.#takeHeld(found);
      }
      start = end + 1;
      this.#offset += 1;
      this.#line += 1;
    }
    if (start < bytes.length) this.#hold(bytes.subarray(start));
    return found;
  }

  /** The input is at its end: the last line, which no newline ended, if there is one. */
  finish(): SplitLines {
    const found = new Found();
    this.#takeHeld(found);
    return found;
  }

  #hold(part: Buffer): void {
    this.#lineBytes += part.length;
    if (this.#lineBytes <= this.#maxLineBytes) this.#held.push(Buffer.from(part));
    else this.#held = [];
  }

  #takeHeld(found: Found): void {
    const bytes = this.#lineBytes;
    const whole = Buffer.concat(this.#held);
    this.#held = [];
    this.#lineBytes = 0;
    if (bytes <= this.#maxLineBytes) {
      this.#take(whole, 0, bytes, found);
    } else {
      found.flaws.push({ kind: 'too-long', place: describePlace(this.position), bytes });
      this.#offset += bytes;
    }
  }

  #take(bytes: Buffer, start: number, end: number, found: Found): void {
    const length = end - start;
    if (length > this.#maxLineBytes) {
      found.flaws.push({ kind: 'too-long', place: describePlace(this.position), bytes: length });
    } else {
      const textEnd = length > 0 && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
      const text = bytes.toString('utf8', start, textEnd);
      if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, textEnd))) {
        found.flaws.push({ kind: 'not-utf8', place: describePlace(this.position), bytes: length });
      }
      if (!isBlank(text)) found.lines.push(new FoundLine(text, this.#offset, this.#line));
    }
    this.#offset += length;
  }
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

class Found implements SplitLines {
  readonly lines: FoundLine[] = [];
  readonly flaws: LineFlaw[] = [];
}

/** Holds numbers and spells the place only when somebody asks: nobody does for a line that is well. */
class FoundLine implements ReceivedLine, LinePosition {
  readonly text: string;
  readonly offset: number;
  readonly line: number;

  constructor(text: string, offset: number, line: number) {
    this.text = text;
    this.offset = offset;
    this.line = line;
  }

  get place(): string {
    return describePlace(this);
  }
}

function isBlank(text: string): boolean {
  return text === '' || (text.charCodeAt(0) <= SPACE && text.trim() === '');
}

const SPACE = 32;
