import { MetadataValue, type TableRecord } from 'pipes-external/protocol';
import { describe, expect, test } from 'vitest';
import { plain } from '../terminal/colours.ts';
import { renderMetadata } from './metadata.ts';
import { displayWidth } from './text.ts';

const style = { width: 60, colours: plain };
const days: TableRecord[] = Array.from({ length: 1461 }, (_, index) => {
  return {
    day: `2012-01-${index + 1}`,
    max: index / 2,
    year: 2012,
    note: index % 2 === 0 ? null : 'a rather long remark 雨',
  };
});
const columns = ['day', 'max', 'year', 'note'].map((name) => ({ name, type: 'text' }));

describe('metadata for people', () => {
  test('short values stand beside their names', () => {
    const metadata = {
      rows: MetadataValue.int(1461),
      year: MetadataValue.int(2012),
      big: MetadataValue.int(2n ** 70n),
      mean: MetadataValue.float(16.4390828),
      missing: MetadataValue.float(Number.NaN),
      ok: MetadataValue.bool(true),
      nothing: MetadataValue.null(),
      file: MetadataValue.path('out/raw.csv'),
      site: MetadataValue.url('https://example.org/weather'),
      upstream: MetadataValue.asset('weather/raw'),
      run: MetadataValue.dagsterRun('0d9f3c61'),
      limits: MetadataValue.json({ low: -10, high: 40, big: 2n ** 64n }),
    };
    expect(`\n${renderMetadata(metadata, style).join('\n')}`).toMatchInlineSnapshot(`
      "
      rows      1,461
      year      2012
      big       1,180,591,620,717,411,303,424
      mean      16.4390828
      missing   NaN
      ok        true
      nothing   null
      file      out/raw.csv
      site      https://example.org/weather
      upstream  weather/raw
      run       run 0d9f3c61
      limits    { "low": -10, "high": 40, "big": 18446744073709551616 }"
    `);
  });

  test('long values stand below, bounded', () => {
    const metadata = {
      report: MetadataValue.md(`# Weather\n\n${'A line of the report.\n'.repeat(20)}`),
      stations: MetadataValue.json(
        Array.from({ length: 50 }, (_, id) => ({ id, name: `station number ${id}`, open: true })),
      ),
    };
    expect(`\n${renderMetadata(metadata, style).join('\n')}`).toMatchInlineSnapshot(`
      "
      report
        # Weather

        A line of the report.
        A line of the report.
        A line of the report.
        A line of the report.
        A line of the report.
        … 15 more lines
      stations
        [
          { "id": 0, "name": "station number 0", "open": true },
          { "id": 1, "name": "station number 1", "open": true },
          { "id": 2, "name": "station number 2", "open": true },
          { "id": 3, "name": "station number 3", "open": true },
          { "id": 4, "name": "station number 4", "open": true },
          { "id": 5, "name": "station number 5", "open": true },
          { "id": 6, "name": "station number 6", "open": true },
          { "id": 7, "name": "station number 7", "open": true },
          { "id": 8, "name": "station number 8", "open": true },
          { "id": 9, "name": "station number 9", "open": true },
        …"
    `);
  });

  test('tables are aligned and say how much more there is', () => {
    const metadata = { sample: MetadataValue.table({ records: days, schema: columns }) };
    expect(`\n${renderMetadata(metadata, { ...style, width: 40 }).join('\n')}`).toMatchInlineSnapshot(`
      "
      sample
        day         max  year  note
        2012-01-1     0  2012
        2012-01-2   0.5  2012  a rather long …
        2012-01-3     1  2012
        2012-01-4   1.5  2012  a rather long …
        2012-01-5     2  2012
        2012-01-6   2.5  2012  a rather long …
        2012-01-7     3  2012
        2012-01-8   3.5  2012  a rather long …
        2012-01-9     4  2012
        2012-01-10  4.5  2012  a rather long …
        … 1,451 more rows"
    `);
  });

  test('schemas and lineage are lists of columns', () => {
    const metadata = {
      schema: MetadataValue.tableSchema({
        columns: [
          { name: 'day', type: 'date', constraints: { nullable: false, unique: true }, description: 'local day' },
          { name: 'max', type: 'double', tags: { unit: '°C' } },
        ],
      }),
      lineage: MetadataValue.tableColumnLineage({
        depsByColumn: {
          max: [
            { assetKey: 'weather/raw', columnName: 'temp_max' },
            { assetKey: ['a', 'b'], columnName: 'c' },
          ],
        },
      }),
    };
    expect(`\n${renderMetadata(metadata, style).join('\n')}`).toMatchInlineSnapshot(`
      "
      schema
        column  type    notes
        day     date    not null, unique, local day
        max     double  unit=°C
      lineage
        column  comes from
        max     weather/raw.temp_max, a/b.c"
    `);
  });

  test('a table of many columns shows those there is room for', () => {
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`column_${index}`, index]));
    const lines = renderMetadata({ wide: MetadataValue.table({ records: [wide], schema: [] }) }, style);
    expect(lines.at(-1)).toBe('  … 33 more columns');
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(60);
  });

  test('what a child reports cannot move the cursor', () => {
    const metadata = {
      'na\u001B[2Jme': MetadataValue.text('va\u001B]0;title\u0007lue'),
      j: MetadataValue.json('\u009B2J'),
    };
    expect(renderMetadata(metadata, style).join('\n')).not.toMatch(/[\u001B\u009B]/);
  });
});
