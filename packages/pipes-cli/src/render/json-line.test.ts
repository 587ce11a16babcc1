import { JsonFloat, MetadataValue } from 'pipes-external/protocol';
import { expect, test } from 'vitest';
import { toJsonLine } from './json-line.ts';

test('an event is one line that every parser of JSON accepts', () => {
  const line = toJsonLine({
    type: 'ASSET_MATERIALIZATION',
    at: new Date('2026-03-01T12:00:00Z'),
    metadata: {
      mean: MetadataValue.float(Number.NaN),
      rows: MetadataValue.int(7),
      text: MetadataValue.text('two\nlines\u2028'),
      deep: MetadataValue.json([-Infinity, new JsonFloat(1), null]),
    },
  });
  expect(line).not.toMatch(/[\n\u2028]/);
  expect(JSON.parse(line)).toEqual({
    type: 'ASSET_MATERIALIZATION',
    at: '2026-03-01T12:00:00.000Z',
    metadata: {
      mean: { type: 'float', value: 'NaN' },
      rows: { type: 'int', value: 7 },
      text: { type: 'text', value: 'two\nlines\u2028' },
      deep: { type: 'json', value: ['-Infinity', 1, null] },
    },
  });
});

test('integers of any size are exact', () => {
  expect(toJsonLine({ value: 2n ** 70n })).toBe('{"value": 1180591620717411303424}');
});
