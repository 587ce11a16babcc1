import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import {
  decodeParam,
  encodeParam,
  type JsonObject,
  type JsonValue,
  type MetadataInput,
  normalizeMetadata,
  parseWireJson,
  stringifyWireJson,
  toWireMetadata,
} from 'pipes-external/protocol';
import { describe, expect, test } from 'vitest';
import { asReceived, jsonObject, jsonValue } from '../../packages/pipes-external/test/json-arbitrary.ts';
import { dagsterPython, python } from '../setup/python.ts';

/** Runs a Python function over many lines in one process: one line in, one line out. */
function overLines(interpreter: string, definition: string, lines: readonly string[]): readonly string[] {
  const script = `import sys, json\n${definition}\nfor line in sys.stdin: print(each(line.rstrip("\\n")))`;
  const { stdout, stderr, status } = spawnSync(interpreter, ['-c', script], {
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').slice(0, -1);
}

describe.skipIf(python === undefined)("Python's standard library", () => {
  const interpreter = python ?? '';

  test('reads all JSON that we write, and we read what it writes of it', () => {
    const values = fc.sample(jsonValue, 3000);
    const echoed = overLines(
      interpreter,
      'each = lambda line: json.dumps(json.loads(line))',
      values.map(stringifyWireJson),
    );
    expect(echoed).toHaveLength(values.length);
    values.forEach((value, index) => assert.deepEqual(parseWireJson(echoed[index] ?? ''), asReceived(value)));
  });

  test('reads each number as the type that it has here', () => {
    const typed: readonly (readonly [JsonValue, string])[] = [
      [1, 'int 1'],
      [2n ** 64n, 'int 18446744073709551616'],
      [2 ** 64, 'float 1.8446744073709552e+19'],
      [1e21, 'float 1e+21'],
      [0.1, 'float 0.1'],
      [Number.NaN, 'float nan'],
    ];
    const each = 'def each(line):\n  v = json.loads(line)\n  return f"{type(v).__name__} {v!r}"';
    const seen = overLines(
      interpreter,
      each,
      typed.map(([value]) => stringifyWireJson(value)),
    );
    expect(seen).toStrictEqual(typed.map(([, text]) => text));
  });

  test('decodes our bootstrap words, and we decode its', () => {
    const params = fc.sample(jsonObject, 300);
    const each = [
      'import base64, zlib',
      'def each(line):',
      '  params = json.loads(zlib.decompress(base64.b64decode(line)))',
      '  return base64.b64encode(zlib.compress(json.dumps(params).encode())).decode()',
    ].join('\n');
    const words = overLines(interpreter, each, params.map(encodeParam));
    params.forEach((given, index) => assert.deepEqual(decodeParam(words[index] ?? ''), asReceived(given)));
  });
});

describe.skipIf(dagsterPython === undefined)("Python's Dagster", () => {
  test('takes all metadata that we send, whatever a script reported', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    const column = fc.record(
      { name: fc.string(), type: fc.string(), description: anything, tags: anything, constraints: anything },
      { requiredKeys: ['name', 'type'] },
    );
    const tables = fc.oneof(
      fc.record({ columns: fc.array(column) }),
      fc.record({ records: fc.array(fc.dictionary(fc.string(), anything)), schema: fc.array(column) }),
    );
    const type = fc.constantFrom(
      'text',
      'url',
      'path',
      'notebook',
      'md',
      'json',
      'int',
      'float',
      'bool',
      'dagster_run',
      'asset',
      'null',
      'timestamp',
      'table',
      'table_schema',
    );
    const value = fc.oneof(
      anything,
      fc.double(),
      fc.record({ type, rawValue: fc.oneof(anything, fc.double(), tables) }),
    );
    const sent = fc
      .sample(fc.dictionary(fc.string(), value, { maxKeys: 4 }), 3000)
      .map((input) =>
        stringifyWireJson(toWireMetadata(normalizeMetadata(input as MetadataInput).metadata) as unknown as JsonObject),
      );
    const each = [
      'from dagster._core.definitions.metadata.external_metadata import metadata_map_from_external',
      'def each(line):',
      '  try:',
      '    metadata_map_from_external(json.loads(line) or {})',
      '    return ""',
      '  except BaseException as error: return f"{line}: {error}".replace("\\n", " ")',
    ].join('\n');
    const refused = overLines(dagsterPython ?? '', each, sent).filter((line) => line !== '');
    expect(refused).toStrictEqual([]);
  });
});
