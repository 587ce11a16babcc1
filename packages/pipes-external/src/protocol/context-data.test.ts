import { describe, expect, test } from 'vitest';
import { type PipesContextData, parseContextData } from './context-data.ts';
import type { JsonValue } from './json.ts';

const full: PipesContextData = {
  asset_keys: ['raw/orders', 'raw\\/v2/items'],
  code_version_by_asset_key: { 'raw/orders': '1', 'raw\\/v2/items': null },
  provenance_by_asset_key: {
    'raw/orders': { code_version: '1', input_data_versions: { src: 'ab12' }, is_user_provided: false },
    'raw\\/v2/items': null,
  },
  partition_key: '2024-01-01',
  partition_key_range: { start: '2024-01-01', end: '2024-01-01' },
  partition_time_window: { start: '2024-01-01T00:00:00+00:00', end: '2024-01-02T00:00:00+00:00' },
  run_id: '7b1c',
  job_name: '__ASSET_JOB',
  retry_number: 2,
  extras: { limit: 10 },
};

test('a full context is itself', () => {
  expect(parseContextData(full as unknown as JsonValue)).toStrictEqual(full);
});

test('absent keys are read as null, unknown ones are ignored', () => {
  expect(parseContextData({ run_id: 'r', since_version_9: true })).toStrictEqual({
    asset_keys: null,
    code_version_by_asset_key: null,
    provenance_by_asset_key: null,
    partition_key: null,
    partition_key_range: null,
    partition_time_window: null,
    run_id: 'r',
    job_name: null,
    retry_number: 0,
    extras: {},
  });
});

describe('a wrong field is named, with what it must be', () => {
  const wrongValues: Readonly<Record<keyof PipesContextData, readonly JsonValue[]>> = {
    asset_keys: ['raw/orders', [1], {}],
    code_version_by_asset_key: [{ a: 1 }, [], 'x'],
    provenance_by_asset_key: [
      { a: {} },
      { a: { code_version: '1', input_data_versions: { b: 1 }, is_user_provided: true } },
      { a: { code_version: '1', input_data_versions: {}, is_user_provided: 'yes' } },
      { a: { code_version: null, input_data_versions: {}, is_user_provided: true } },
    ],
    partition_key: [1, {}],
    partition_key_range: [{ start: 'a' }, { start: 1, end: 2 }, 'a..b'],
    partition_time_window: [{ end: 'a' }, 5],
    run_id: [null, 7],
    job_name: [7],
    retry_number: ['0', 1.5, 2n ** 70n],
    extras: ['x', [1]],
  };
  const cases = Object.entries(wrongValues).flatMap(([field, values]) =>
    values.map((value) => [field, value] as const),
  );

  test.each(cases)('%s: %o', (field, value) => {
    const parse = (): unknown =>
      parseContextData({ ...(full as unknown as Record<string, JsonValue>), [field]: value });
    expect(parse).toThrow(`The Pipes context is not usable: "${field}" must be `);
    expect(parse).toThrow(expect.objectContaining({ code: 'PIPES_CONTEXT_INVALID' }) as Error);
  });

  test('all of them at once', () => {
    expect(() => parseContextData({ retry_number: 'x' })).toThrow(
      '"run_id" must be a string; "retry_number" must be an integer',
    );
  });

  test.each([[null], ['text'], [[1]], [5]])('%j is no context at all', (value) => {
    expect(() => parseContextData(value as JsonValue)).toThrow('it is not a JSON object');
  });
});
