import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatDuration, formatNumber, formatTimestamp } from './values.ts';

const zone = process.env['TZ'];
beforeAll(() => void (process.env['TZ'] = 'Asia/Kolkata'));
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

test.each([
  [1461, '1,461'],
  [-12345.5, '-12,345.5'],
  [0.1 + 0.2, '0.3'],
  [0, '0'],
  [1e-9, '1e-9'],
  [1e21, '1e+21'],
  [Number.NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  [12345678901234567890n, '12,345,678,901,234,567,890'],
  [Number.MAX_SAFE_INTEGER, '9,007,199,254,740,991'],
])('number %s reads %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [-3, '0ms'],
  [240, '240ms'],
  [1234, '1.2s'],
  [59_949, '59.9s'],
  [59_950, '1m 00s'],
  [185_000, '3m 05s'],
  [3_599_600, '1h 00m'],
  [7_620_000, '2h 07m'],
])('%s ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('a timestamp is local time with its offset', () => {
  expect(formatTimestamp(1420070400)).toBe('2015-01-01T05:30:00+05:30');
  expect(formatTimestamp(1420070400.25)).toBe('2015-01-01T05:30:00.250+05:30');
  expect(formatTimestamp(1e300)).toBe('1e+300');
});
