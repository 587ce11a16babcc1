import { describe, expect, test } from 'vitest';
import { toContextData, toExtras } from './context-data.ts';

describe('the context', () => {
  test('of a step that says only its run has all ten keys', () => {
    expect(toContextData({ runId: 'x' }, {})).toEqual({
      asset_keys: null,
      code_version_by_asset_key: null,
      provenance_by_asset_key: null,
      partition_key: null,
      partition_key_range: null,
      partition_time_window: null,
      run_id: 'x',
      job_name: null,
      retry_number: 0,
      extras: {},
    });
  });

  test('of a full step is what Python would send', () => {
    const provenance = { code_version: '1', input_data_versions: { src: 'ab12' }, is_user_provided: false };
    const context = {
      runId: 'r',
      jobName: 'daily',
      retryNumber: 2,
      assetKeys: [['raw/v2', 'items'], 'raw/orders'],
      codeVersions: { 'raw/orders': '1', other: '9' },
      provenance: { 'raw/orders': provenance },
      partitionKey: '2024-01-01',
      partitionTimeWindow: { start: new Date('2024-01-01T00:00:00Z'), end: new Date('2024-01-01T23:59:59.5Z') },
    };
    expect(toContextData(context, { limit: 10 })).toEqual({
      asset_keys: ['raw/orders', 'raw\\/v2/items'],
      code_version_by_asset_key: { 'raw/orders': '1', 'raw\\/v2/items': null },
      provenance_by_asset_key: { 'raw/orders': provenance, 'raw\\/v2/items': null },
      partition_key: '2024-01-01',
      partition_key_range: { start: '2024-01-01', end: '2024-01-01' },
      partition_time_window: { start: '2024-01-01T00:00:00+00:00', end: '2024-01-01T23:59:59.500000+00:00' },
      run_id: 'r',
      job_name: 'daily',
      retry_number: 2,
      extras: { limit: 10 },
    });
  });

  test.each([
    ['an asset key that cannot travel', { runId: 'r', assetKeys: [['a\\b']] }, 'backslash'],
    [
      'an invalid date',
      { runId: 'r', partitionTimeWindow: { start: new Date(Number.NaN), end: new Date() } },
      'time value',
    ],
    ['a wrong type', { runId: 'r', jobName: 5 as unknown as string }, '"job_name" must be a string or null'],
  ])('with %s is refused', (_, context, reason) => {
    expect(() => toContextData(context, {})).toThrow(expect.objectContaining({ code: 'PIPES_OPTION_INVALID' }));
    expect(() => toContextData(context, {})).toThrow(reason);
  });
});

describe('extras', () => {
  test('may hold any values; what is lost is said', () => {
    const warnings: string[] = [];
    const extras = { when: new Date(0), tags: new Set(['a']), call: () => 1 };
    expect(toExtras(extras, (warning) => warnings.push(warning))).toEqual({
      when: '1970-01-01T00:00:00.000Z',
      tags: ['a'],
    });
    expect(warnings).toEqual([expect.stringContaining('function')]);
  });

  test.each([[[1, 2]], ['text'], [5]])('must be an object, which %j is not', (extras) => {
    expect(() => toExtras(extras, () => undefined)).toThrow('the option "extras" must be an object');
  });
});
