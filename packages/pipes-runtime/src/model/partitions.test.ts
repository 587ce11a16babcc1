import fc from 'fast-check';
import { expect, test } from 'vitest';
import { staticPartitions, timePartitions } from '../definitions/partitions.ts';
import { choosePartitions, describePartitions, type PartitionsDef } from './partitions.ts';
import type { TimeUnit } from './time-partitions.ts';

const NOW = new Date('2024-02-29T13:30:00Z');
const keys = (partitions: PartitionsDef, now = NOW): readonly string[] =>
  Array.from({ length: partitions.count(now) }, (_, index) => partitions.keyAt(index));

test('windows of time are counted until now, and only those that are over', () => {
  expect(keys(timePartitions({ every: 'year', start: '2020' }))).toEqual(['2020', '2021', '2022', '2023']);
  expect(keys(timePartitions({ every: 'month', start: '2023-11' }))).toEqual(['2023-11', '2023-12', '2024-01']);
  expect(keys(timePartitions({ every: 'week', start: '2024-02-05' }))).toEqual([
    '2024-02-05',
    '2024-02-12',
    '2024-02-19',
  ]);
  expect(keys(timePartitions({ every: 'day', start: '2024-02-27' }))).toEqual(['2024-02-27', '2024-02-28']);
  expect(keys(timePartitions({ every: 'hour', start: '2024-02-29T11' }))).toEqual(['2024-02-29T11', '2024-02-29T12']);
  expect(keys(timePartitions({ every: 'day', start: '2030-01-01' }))).toEqual([]);
});

test('an end bounds them, exclusive, whatever now is', () => {
  const years = timePartitions({ every: 'year', start: '2012-01-01', end: '2016-01-01T00:00:00Z' });
  expect(keys(years)).toEqual(['2012', '2013', '2014', '2015']);
  expect(keys(years, new Date(0))).toEqual(['2012', '2013', '2014', '2015']);
  expect(years.indexOf('2016')).toBeUndefined();
});

test('a format may say more, or otherwise', () => {
  const months = timePartitions({ every: 'month', start: '2024-01', end: '2024-03', format: 'yyyy/MM/dd (.)' });
  expect(keys(months)).toEqual(['2024/01/01 (.)', '2024/02/01 (.)']);
  expect(months.indexOf('2024/02/01 (.)')).toBe(1);
});

test('every key leads back to its index, its window begins where the one before ends, and other text is no key', () => {
  const units = fc.constantFrom<TimeUnit>('hour', 'day', 'week', 'month', 'year');
  fc.assert(
    fc.property(units, fc.integer({ min: 0, max: 8000 }), fc.string(), (every, index, text) => {
      const partitions = timePartitions({ every, start: '1900-01-01' });
      const key = partitions.keyAt(index);
      expect(partitions.indexOf(key)).toBe(index);
      expect(partitions.windowAt(index)?.end).toEqual(partitions.windowAt(index + 1)?.start);
      const found = partitions.indexOf(text);
      expect(found === undefined || partitions.keyAt(found) === text).toBe(true);
    }),
  );
});

test.each([
  ['a day that is none', '2024-02-30'],
  ['a day before the start', '2023-12-31'],
  ['a part of a key', '2024-01'],
])('%s is no partition', (_name, key) => {
  expect(timePartitions({ every: 'day', start: '2024-01-01' }).indexOf(key)).toBeUndefined();
});

test('a partition is chosen by its key, several by a range, with the window they span', () => {
  const years = timePartitions({ every: 'year', start: '2012', end: '2016' });
  expect(choosePartitions(years, '2013', NOW)).toEqual({
    keys: ['2013'],
    window: { start: new Date('2013-01-01'), end: new Date('2014-01-01') },
  });
  expect(choosePartitions(years, '2013...2015', NOW)).toEqual({
    keys: ['2013', '2014', '2015'],
    window: { start: new Date('2013-01-01'), end: new Date('2016-01-01') },
  });
  expect(choosePartitions(staticPartitions(['eu', 'us', 'asia']), 'us...asia', NOW)).toEqual({
    keys: ['us', 'asia'],
    window: undefined,
  });
});

test.each([
  [
    '2019',
    'There is no partition "2019": did you mean "2012" or "2013" or "2014"? There are 4 partitions, "2012" to "2015".',
  ],
  ['nothing like it', 'There is no partition "nothing like it". There are 4 partitions, "2012" to "2015".'],
  ['2015...2013', 'write 2013...2015'],
  ['2012...2013...2014', 'write one key, or first...last'],
  ['2012...', 'The range "2012..." lacks an end: write both, first...last'],
  ['...2012', 'The range "...2012" lacks an end'],
])('%s is refused with what there is', (text, message) => {
  const years = timePartitions({ every: 'year', start: '2012', end: '2016' });
  expect(() => choosePartitions(years, text, NOW)).toThrow(message);
  expect(() => choosePartitions(years, text, NOW)).toThrowError(
    expect.objectContaining({ code: 'PIPES_PARTITION_INVALID' }),
  );
});

test('keys may begin and end with dots: a range is cut where two keys are left', () => {
  const versions = staticPartitions(['v1', 'v1.', '.v2', 'v2']);
  expect(choosePartitions(versions, 'v1....v2', NOW).keys).toEqual(['v1', 'v1.', '.v2']);
  expect(choosePartitions(versions, 'v1.....v2', NOW).keys).toEqual(['v1.', '.v2']);
  expect(choosePartitions(staticPartitions(['v1.', 'v2.']), 'v1....v2.', NOW).keys).toEqual(['v1.', 'v2.']);
});

test('very many partitions are called by a few of them', () => {
  const many = staticPartitions(Array.from({ length: 1000 }, (_, index) => `k${index}`));
  expect(many.description).toBe('the partitions "k0", "k1", "k2", "k3", "k4" … "k999" (1000 in all)');
});

test('a window that is not over is said to be so', () => {
  const days = timePartitions({ every: 'day', start: '2024-02-28' });
  expect(() => choosePartitions(days, '2024-02-29', NOW)).toThrow('not over yet: 1 partition, "2024-02-28"');
  expect(describePartitions(timePartitions({ every: 'day', start: '2030-01-01' }), NOW)).toBe('no partitions yet');
});

test.each([
  [() => staticPartitions([]), 'at least one key'],
  [() => staticPartitions(['a', 'b', 'a']), 'got the key "a" twice'],
  [() => staticPartitions(['a...b']), 'holds the "..." of ranges'],
  [() => timePartitions({ every: 'day', start: 'soon' }), 'cannot read the start "soon"'],
  [() => timePartitions({ every: 'month', start: '2024-01-15' }), 'no month begins then'],
  [() => timePartitions({ every: 'year', start: '2024', end: '2024-02' }), 'cannot end at "2024-02"'],
  [() => timePartitions({ every: 'year', start: '2024', end: '2023' }), 'the end must come later'],
  [
    () => timePartitions({ every: 'day', start: '2024', format: 'yyyy-MM' }),
    'lacks dd: two partitions would share a key',
  ],
  [() => timePartitions({ every: 'day', start: '2024', format: 'yyyy...MM...dd' }), 'holds "..."'],
  [
    () => timePartitions({ every: 'day', start: '2024', timeZone: 'Europe/Berlin' as 'UTC' }),
    'only the time zone "UTC"',
  ],
  [() => timePartitions({ every: 'minute' as 'hour', start: '2024' }), 'no unit "minute": use hour, day'],
  [() => timePartitions({ start: '2024' } as never), 'needs "every", the unit of its windows: one of hour, day, week'],
  [() => timePartitions({ every: 'day' } as never), 'needs "start"'],
])('a definition that cannot be is refused (%#)', (make, message) => {
  expect(make).toThrow(message);
  expect(make).toThrowError(expect.objectContaining({ code: 'PIPES_DEFINITION_INVALID' }));
});
