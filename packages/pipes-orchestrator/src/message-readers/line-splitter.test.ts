import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LineFlaw, LineSplitter } from './line-splitter.ts';

interface Outcome {
  readonly lines: readonly { readonly text: string; readonly place: string }[];
  readonly flaws: readonly LineFlaw[];
}

/** Feeds the splitter from one buffer that is overwritten after each push, as a reader with a reused buffer does. */
function split(chunks: readonly Uint8Array[], maxLineBytes?: number): Outcome {
  const splitter = new LineSplitter({ maxLineBytes });
  const parts = chunks.map((chunk) => {
    const reused = Uint8Array.from(chunk);
    const found = splitter.push(reused);
    reused.fill(0x21);
    return found;
  });
  parts.push(splitter.finish());
  return {
    lines: parts.flatMap((part) => part.lines).map(({ text, place }) => ({ text, place })),
    flaws: parts.flatMap((part) => part.flaws),
  };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (outcome: Outcome): readonly string[] => outcome.lines.map((line) => line.text);

const piece = fc.oneof(
  fc.constantFrom('\n', '\r\n', '\r', '', ' ', 'é', '日本', '🎉', '{"a": 1}').map(bytes),
  fc.uint8Array({ maxLength: 12 }),
);
const input = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.concat(pieces));

test('any cutting into chunks gives the same lines, places and flaws', () => {
  const cuts = fc.array(fc.nat(200), { maxLength: 20 });
  fc.assert(
    fc.property(input, cuts, fc.integer({ min: 1, max: 30 }), (all, places, maxLineBytes) => {
      const edges = [0, ...places.filter((at) => at < all.length).toSorted((a, b) => a - b), all.length];
      const chunks = edges.slice(1).map((end, index) => all.subarray(edges[index], end));
      expect(split(chunks, maxLineBytes)).toEqual(split([all], maxLineBytes));
    }),
    { numRuns: 500 },
  );
});

test('lines are those of the whole text, split at newlines', () => {
  fc.assert(
    fc.property(input, (all) => {
      const expected = all
        .toString('utf8')
        .split('\n')
        .map((line) => line.replace(/\r$/, ''))
        .filter((line) => line.trim() !== '');
      expect(texts(split([all]))).toEqual(expected);
    }),
  );
});

test('a line is found again at the byte its place names', () => {
  const all = bytes('é first\n\n{"second": "日本"}\r\nthird\n');
  const splitter = new LineSplitter();
  const found = splitter.push(all).lines;
  expect(found.map((line) => line.place)).toEqual(['line 1 (byte 0)', 'line 3 (byte 10)', 'line 4 (byte 32)']);
  expect(Buffer.from(all).subarray(10).toString()).toMatch(/^\{"second"/);
  expect(splitter.position).toEqual({ offset: all.length, line: 5 });
});

test('the position stays before a line until it is whole', () => {
  const splitter = new LineSplitter({ start: { offset: 1_000, line: 7 } });
  expect(splitter.push(bytes('half a li')).lines).toEqual([]);
  expect(splitter.position).toEqual({ offset: 1_000, line: 7 });
  expect(splitter.push(bytes('ne\n')).lines.map((line) => line.place)).toEqual(['line 7 (byte 1,000)']);
  expect(splitter.position).toEqual({ offset: 1_012, line: 8 });
});

test('a character cut by a chunk boundary is whole in its line', () => {
  const emoji = bytes('🎉\n');
  expect(texts(split([emoji.subarray(0, 1), emoji.subarray(1, 3), emoji.subarray(3)]))).toEqual(['🎉']);
});

test('bytes that are not UTF-8 are replaced, and told with their place', () => {
  const outcome = split([Buffer.concat([bytes('good\nbad '), Uint8Array.of(0xff, 0xfe), bytes('\nreal \ufffd\n')])]);
  expect(texts(outcome)).toEqual(['good', 'bad \ufffd\ufffd', 'real \ufffd']);
  expect(outcome.flaws).toEqual([{ kind: 'not-utf8', place: 'line 2 (byte 5)', bytes: 6 }]);
});

test('a line above the limit is skipped, told once with its size, and costs nothing else', () => {
  const chunk = new Uint8Array(64 * 1024).fill(0x78);
  const splitter = new LineSplitter({ maxLineBytes: 100_000 });
  expect(splitter.push(bytes('before\n')).lines).toHaveLength(1);
  for (let sent = 0; sent < 1_600; sent += 1) expect(splitter.push(chunk)).toEqual({ lines: [], flaws: [] });
  const end = splitter.push(bytes('\nafter\n'));
  expect(end.flaws).toEqual([{ kind: 'too-long', place: 'line 2 (byte 7)', bytes: 1_600 * 65_536 }]);
  expect(end.lines.map((line) => line.text)).toEqual(['after']);
});
