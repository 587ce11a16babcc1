import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Extracted, MessageExtractor } from './message-extractor.ts';

const MESSAGE = '{"__dagster_pipes_version": "0.1", "method": "log", "params": {"message": "é", "level": "INFO"}}';

function extract(chunks: readonly string[], maxLength = 10_000): Extracted {
  const extractor = new MessageExtractor(maxLength);
  const parts = [...chunks.map((chunk) => extractor.push(chunk)), extractor.finish()];
  return {
    messages: parts.flatMap((part) => part.messages),
    foreign: parts.map((part) => part.foreign).join(''),
    lost: parts.flatMap((part) => part.lost),
  };
}

const piece = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(MESSAGE, `${MESSAGE}\n`, '\n', '\r\n', '{"__dagster_pipes_version', '{"__d'),
  },
  { weight: 2, arbitrary: fc.constantFrom('{"level": 30}\n', 'progress 10%', '{', '"', ' ', 'text\n', '日本') },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
const stream = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));

test('any cutting into chunks finds the same messages and lets the same output through', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(400), { maxLength: 20 }), (all, places) => {
      const edges = [0, ...places.filter((at) => at < all.length).toSorted((a, b) => a - b), all.length];
      const chunks = edges.slice(1).map((end, index) => all.slice(edges[index], end));
      expect(extract(chunks)).toEqual(extract([all]));
    }),
    { numRuns: 1_000 },
  );
});

test('every message on a line of its own is found among other output, which stays as it is', () => {
  const line = fc.oneof(fc.constant(MESSAGE), fc.constantFrom('', 'text', '{"level": 30}', '{"broken', '  {"a": 1}'));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const found = extract([lines.map((text) => `${text}\n`).join('')]);
      expect(found.messages).toEqual(
        lines.flatMap((text, index) => (text === MESSAGE ? [{ text, line: index + 1 }] : [])),
      );
      const others = lines.filter((text) => text !== MESSAGE);
      expect(found).toMatchObject({ foreign: others.map((text) => `${text}\n`).join(''), lost: [] });
    }),
  );
});

test.each([
  ['after a progress line', `progress 10%${MESSAGE}\n`, 'progress 10%'],
  ['after JSON without a newline', `{"a": 1}${MESSAGE}\n`, '{"a": 1}'],
  ['with \\r\\n', `${MESSAGE}\r\n`, ''],
  ['without a newline, at the end', MESSAGE, ''],
])('a message %s is found', (_, text, foreign) => {
  expect(extract([text])).toEqual({ messages: [{ text: MESSAGE, line: 1 }], foreign, lost: [] });
});

test('a message with its keys in another order is found on a line of its own', () => {
  const text = '{"method": "log", "params": {}, "__dagster_pipes_version": "0.1"}';
  expect(extract([`${text}\n`]).messages).toEqual([{ text, line: 1 }]);
});

test("a program's JSON log that quotes a message is output", () => {
  const log = `${JSON.stringify({ msg: MESSAGE, inner: JSON.parse(MESSAGE) as unknown })}\n`;
  expect(extract([log])).toEqual({ messages: [], foreign: log, lost: [] });
});

test('output is not held back, unless it may be the beginning of a message', () => {
  const extractor = new MessageExtractor(10_000);
  expect(extractor.push('password: ').foreign).toBe('password: ');
  expect(extractor.push('set {"__dag').foreign).toBe('set ');
  expect(extractor.push('estan').foreign).toBe('{"__dagestan');
  expect(extractor.push('!\n{"json').foreign).toBe('!\n');
  expect(extractor.push('": 1}\n').foreign).toBe('{"json": 1}\n');
  expect(extractor.linesRead).toBe(2);
});

test('a message above the limit is lost by name, and held no longer than the limit', () => {
  const long = MESSAGE.replace('é', 'x'.repeat(50_000));
  const whole = extract([`a\n${long}\n${MESSAGE}\n`]);
  const inParts = extract(['a\n', ...(long.match(/.{1,100}/gs) ?? []), '\n', `${MESSAGE}\n`]);
  expect(whole).toEqual(inParts);
  expect(whole.lost).toEqual([{ reason: 'too-long', line: 2, length: long.length + 1 }]);
  expect(whole.messages).toEqual([{ text: MESSAGE, line: 3 }]);
});

test('a long line of JSON that is not a message is let through', () => {
  const log = `{"text": "${'x'.repeat(50_000)}"}\n`;
  expect(extract(log.match(/.{1,100}/gs) ?? [])).toEqual({ messages: [], foreign: log, lost: [] });
});

test('a message cut off by the end of the stream is lost by name', () => {
  const cut = MESSAGE.slice(0, 60);
  expect(extract([`a${cut}`])).toEqual({
    messages: [],
    foreign: 'a',
    lost: [{ reason: 'cut-off', line: 1, length: 60 }],
  });
});
