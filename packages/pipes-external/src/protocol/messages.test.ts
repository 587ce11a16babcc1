import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText, asReceived, jsonObject, jsonValue } from '../../test/json-arbitrary.ts';
import type { JsonObject } from './json.ts';
import {
  encodeMessage,
  type PipesLogLevel,
  type PipesMessage,
  type PipesMethod,
  type PipesMethods,
} from './messages.ts';
import { parseWireJson } from './wire-json.ts';

const exception = { message: 'm', stack: ['  at x\n'], name: 'E', cause: null, context: null };
const levels: readonly PipesLogLevel[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];

/** Some params of every method; to be complete is checked by the compiler. */
const params: { readonly [M in PipesMethod]: fc.Arbitrary<PipesMethods[M]> } = {
  opened: fc.record({ extras: jsonObject }),
  closed: fc.constantFrom({}, { exception }),
  log: fc.record({ message: anyText, level: fc.constantFrom(...levels) }),
  report_asset_materialization: fc.record({
    asset_key: anyText,
    metadata: fc.constantFrom(null, { rows: { type: 'int', raw_value: 5 } }),
    data_version: fc.option(anyText),
  }),
  report_asset_check: fc.record({
    asset_key: anyText,
    check_name: anyText,
    passed: fc.boolean(),
    severity: fc.constantFrom('WARN', 'ERROR'),
    metadata: fc.constantFrom(null, { rows: { type: 'int', raw_value: 5 } }),
  }),
  report_custom_message: fc.record({ payload: jsonValue }),
  log_external_stream: fc.record({ stream: fc.constantFrom('stdout', 'stderr'), text: anyText, extras: jsonObject }),
};

test.each(Object.entries(params))('%s is one line that holds all of it', (method, anyParams) => {
  const sequence = fc.record({ writer: fc.uuid(), seq: fc.integer({ min: 1 }) });
  fc.assert(
    fc.property(anyParams as fc.Arbitrary<JsonObject>, sequence, (given, place) => {
      const line = encodeMessage({ method, params: given, sequence: place } as unknown as PipesMessage);
      expect(line).toMatch(/^[\x20-\x7f]*$/);
      const received = { __dagster_pipes_version: '0.1', method, params: asReceived(given), ...place };
      assert.deepEqual(parseWireJson(line), received);
    }),
  );
});

test('closed carries how many there were', () => {
  const line = encodeMessage({ method: 'closed', params: {}, sequence: { writer: 'w', seq: 9, total: 9 } });
  expect(line).toBe(
    '{"__dagster_pipes_version": "0.1", "method": "closed", "params": {}, "writer": "w", "seq": 9, "total": 9}',
  );
});
