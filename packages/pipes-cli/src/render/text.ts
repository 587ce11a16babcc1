import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Text from outside, fit for a terminal: without escape sequences and control characters (a child must not move our
 * cursor or reverse our text), tabs as spaces. Line feeds stay.
 */
export function printable(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return stripVTControlCharacters(text).replaceAll('\t', '    ').replaceAll('\r\n', '\n').replace(CONTROL, '');
}

/** {@link printable} text on one line. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', ' ').trim();
}

/** Columns that a plain text takes: wide characters count two, combining ones none. */
export function displayWidth(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** At most `width` columns of a plain text; where something was cut, the last one is `…`. */
export function truncate(text: string, width: number): string {
  if (fits(text, width)) return text;
  return width <= 0 ? '' : `${firstColumns(graphemes.segment(text), width - 1).join('')}…`;
}

/** As {@link truncate}, but what is kept is the end: what tells long keys apart. */
export function truncateStart(text: string, width: number): string {
  if (fits(text, width)) return text;
  const fromEnd = [...graphemes.segment(text)].toReversed();
  return width <= 0
    ? ''
    : `…${firstColumns(fromEnd, width - 1)
        .toReversed()
        .join('')}`;
}

/** Looks at no more of a long text than it must. */
function fits(text: string, width: number): boolean {
  if (text.length <= width && PRINTABLE_ASCII.test(text)) return true;
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += displayWidth(segment);
    if (used > width) return false;
  }
  return true;
}

function firstColumns(segments: Iterable<{ readonly segment: string }>, width: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const { segment } of segments) {
    used += displayWidth(segment);
    if (used > width) break;
    kept.push(segment);
  }
  return kept;
}

/** Exactly `width` columns: cut, or filled with spaces. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = truncate(text, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(cut)));
  return align === 'left' ? cut + space : space + cut;
}

/** Broken at spaces into lines of at most `width` columns. A word that is longer keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || displayWidth(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

export function indent(lines: readonly string[], by: number): string[] {
  return lines.map((line) => (line === '' ? line : ' '.repeat(by) + line));
}

/** The first lines, and in place of the others one that says how many they are. */
export function bounded(lines: readonly string[], limit: number): string[] {
  if (lines.length <= limit) return [...lines];
  return [...lines.slice(0, limit - 1), more(lines.length - limit + 1, 'line')];
}

/** `… 1,451 more rows` */
export function more(count: number, noun: string): string {
  return `… ${count.toLocaleString('en-US')} more ${noun}${count === 1 ? '' : 's'}`;
}
