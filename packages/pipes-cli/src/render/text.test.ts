import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bounded, displayWidth, fit, printable, truncate, truncateStart, wrap } from './text.ts';

describe('printable', () => {
  test('a child cannot move our cursor, clear our screen or reverse our text', () => {
    expect(printable('\u001B[2Ja\u001B[31mb\u001B[0m\u0007\rc\u202Ed\u009B2J')).toBe('abcd');
  });

  test('lines stay lines, tabs become spaces', () => {
    expect(printable('a\tb\r\nc')).toBe('a    b\nc');
  });
});

describe('truncate', () => {
  test('counts columns, not characters', () => {
    expect(truncate('東京都庁', 5)).toBe('東京…');
    expect(truncate('東京', 4)).toBe('東京');
    expect(truncate('👩‍👩‍👧‍👦 family', 5)).toBe('👩‍👩‍👧‍👦 f…');
    expect(truncate('plain text', 6)).toBe('plain…');
    expect(truncate('x', 0)).toBe('');
  });

  test('from the start keeps what tells long keys apart', () => {
    expect(truncateStart('weather/asset_number_12', 12)).toBe('…t_number_12');
    expect(truncateStart('東京都庁', 5)).toBe('…都庁');
  });

  test('never wider than asked, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 60 }), (text, width) => {
        expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width);
        expect(displayWidth(truncateStart(text, width))).toBeLessThanOrEqual(width);
        expect(truncate(text, displayWidth(text))).toBe(text);
      }),
    );
  });
});

test('fit fills to the width on the side asked for', () => {
  expect(fit('東', 4)).toBe('東  ');
  expect(fit('7', 3, 'right')).toBe('  7');
});

test('bounded says how much is missing', () => {
  expect(bounded(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c']);
  expect(bounded(['a', 'b', 'c', 'd'], 3)).toEqual(['a', 'b', '… 2 more lines']);
});

test('wrap breaks at spaces', () => {
  expect(wrap('eins zwei drei', 9)).toEqual(['eins zwei', 'drei']);
  expect(wrap('unbreakable word', 4)).toEqual(['unbreakable', 'word']);
  expect(wrap('', 4)).toEqual(['']);
});
