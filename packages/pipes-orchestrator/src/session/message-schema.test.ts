import fc from 'fast-check';
import { encodeMessage, MetadataValue } from 'pipes-external/protocol';
import { describe, expect, test } from 'vitest';
import { classifyLine, type Line } from './message-schema.ts';

const VERSION = '"__dagster_pipes_version": "0.1"';

function line(method: string, params: string, rest = ''): Line {
  return classifyLine(`{${VERSION}, "method": "${method}", "params": ${params}${rest}}`);
}

/** What a message came to, without its envelope. */
function understood(method: string, params: string): { readonly params: unknown; readonly remarks: readonly string[] } {
  const judged = line(method, params);
  if (judged.kind !== 'message') throw new Error(`not understood: ${JSON.stringify(judged)}`);
  return { params: judged.message.params, remarks: judged.remarks.map(({ text }) => text) };
}

test('no text makes it throw', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((value) => `{${VERSION}, "method": ${JSON.stringify(value)}}`),
  );
  fc.assert(fc.property(text, (each) => void classifyLine(each)));
});

test('no params of a known method make it throw', () => {
  const method = fc.constantFrom(
    'opened',
    'closed',
    'log',
    'report_asset_materialization',
    'report_asset_check',
    'log_external_stream',
  );
  const key = fc.constantFrom(
    'extras',
    'exception',
    'message',
    'level',
    'asset_key',
    'metadata',
    'severity',
    'cause',
    'stack',
    'stream',
    'text',
  );
  const params = fc.dictionary(key, fc.jsonValue());
  fc.assert(
    fc.property(method, params, (name, value) => {
      expect(['message', 'broken']).toContain(line(name, JSON.stringify(value)).kind);
    }),
  );
});

test('what our own external side encodes is understood without a remark', () => {
  const metadata = {
    rows: { type: 'int', raw_value: 9007199254740993n },
    ratio: { type: 'float', raw_value: Number.NaN },
  };
  const text = encodeMessage({
    method: 'report_asset_materialization',
    params: { asset_key: 'raw/orders', metadata, data_version: null },
    sequence: { writer: 'w', seq: 3 },
  });
  expect(classifyLine(text)).toEqual({
    kind: 'message',
    message: {
      method: 'report_asset_materialization',
      params: {
        kind: 'materialization',
        assetKey: 'raw/orders',
        metadata: { rows: MetadataValue.int(9007199254740993n), ratio: MetadataValue.float(Number.NaN) },
        dataVersion: null,
      },
    },
    sequence: { writer: 'w', seq: 3 },
    remarks: [],
  });
});

describe('what other libraries send', () => {
  test.each([
    ['Python: closed with null params', 'closed', 'null', {}],
    ['Python: opened without extras', 'opened', '{}', { extras: {} }],
    ['Python: lower-case level', 'log', '{"message": "m", "level": "warning"}', { message: 'm', level: 'WARNING' }],
    ['Python: alias of a level', 'log', '{"message": "m", "level": "FATAL"}', { message: 'm', level: 'CRITICAL' }],
    ['Python: no level', 'log', '{"message": "m"}', { message: 'm', level: 'INFO' }],
    ['Python: bare NaN in a payload', 'report_custom_message', '{"payload": [NaN]}', { payload: [Number.NaN] }],
    [
      'stream without extras',
      'log_external_stream',
      '{"stream": "stdout", "text": "t", "extras": null}',
      { stream: 'stdout', text: 't', extras: {} },
    ],
    [
      'a report without metadata, data version and severity',
      'report_asset_check',
      '{"asset_key": "a", "check_name": "c", "passed": true}',
      { kind: 'check', assetKey: 'a', checkName: 'c', passed: true, severity: 'ERROR', metadata: {} },
    ],
  ])('%s', (_, method, params, expected) => {
    expect(understood(method, params)).toEqual({ params: expected, remarks: [] });
  });

  test.each([
    ['TRACE', 'DEBUG'],
    ['NOTSET', 'DEBUG'],
    ['Level 15', 'DEBUG'],
    ['Level 25', 'INFO'],
    ['Level 99', 'CRITICAL'],
    ['LOUD', 'INFO'],
  ])('a log of level %s counts as %s, with a remark', (level, expected) => {
    expect(understood('log', `{"message": "m", "level": "${level}"}`)).toEqual({
      params: { message: 'm', level: expected },
      remarks: [`unknown log level "${level}", taken as ${expected}`],
    });
  });

  test('the old TypeScript library logs what is not text, and sends an empty exception', () => {
    expect(understood('log', '{"message": {}, "level": "INFO"}').params).toEqual({ message: '{}', level: 'INFO' });
    expect(understood('log', '{"level": "INFO"}').remarks).toEqual(['its text is missing where a string belongs']);
    expect(understood('closed', '{"exception": {}}').params).toMatchObject({
      exception: { name: null, stack: [], cause: null, context: null },
    });
  });

  test('Java sends a list for the context of an exception', () => {
    const exception = '{"message": "m", "stack": ["f\\n"], "name": "N", "cause": {"message": "inner"}, "context": []}';
    expect(understood('closed', `{"exception": ${exception}}`).params).toMatchObject({
      exception: { message: 'm', stack: ['f\n'], name: 'N', cause: { message: 'inner', name: null }, context: null },
    });
  });

  test('Rust sends the keys of an exception where the exception belongs', () => {
    const { params } = understood(
      'closed',
      '{"message": "m", "name": "N", "stack": [], "cause": null, "context": null}',
    );
    expect(params).toMatchObject({ exception: { message: 'm', name: 'N' } });
  });

  test('a file may hold messages without the version', () => {
    expect(classifyLine('{"method": "log", "params": {"message": "m"}}').kind).toBe('message');
  });
});

describe('what is unusual', () => {
  test('an unknown key is a remark', () => {
    expect(understood('log', '{"message": "m", "level": "INFO", "logger": "x"}').remarks).toEqual([
      'unknown key "logger" in its params',
    ]);
  });

  test('bad metadata costs its key and not the report', () => {
    const metadata =
      '{"good": {"type": "text", "raw_value": "t"}, "bad": {"type": "int", "raw_value": "t"}, "worse": 5}';
    const judged = line('report_asset_materialization', `{"asset_key": "a", "metadata": ${metadata}}`);
    expect(judged).toMatchObject({
      message: { params: { assetKey: 'a', metadata: { good: MetadataValue.text('t') } } },
      remarks: [
        { text: 'metadata "bad" was left out: a value of type "int" must be an integer', lost: true },
        { text: 'metadata "worse" was left out: it must be { "type": …, "raw_value": … }', lost: true },
      ],
    });
  });

  test('a metadata name that is special in JavaScript stays a name', () => {
    const metadata = '{"__proto__": {"type": "text", "raw_value": "t"}}';
    const judged = understood('report_asset_materialization', `{"asset_key": "a", "metadata": ${metadata}}`);
    expect(Object.keys((judged.params as { metadata: object }).metadata)).toEqual(['__proto__']);
  });

  test.each([
    ['"writer": "w", "seq": "5"', 'its numbering is unusable: ["w", "5", null]'],
    ['"writer": "", "seq": 5', 'its numbering is unusable: ["", 5, null]'],
    ['"writer": "w", "seq": 0', 'its numbering is unusable: ["w", 0, null]'],
    ['"writer": "w", "seq": 5, "total": -1', 'its numbering is unusable: ["w", 5, -1]'],
  ])('numbering {%s} is passed over with a remark', (numbering, remark) => {
    const judged = line('log', '{"message": "m"}', `, ${numbering}`);
    expect(judged).toMatchObject({ sequence: undefined, remarks: [{ text: remark }] });
  });

  test('an unknown method is named, and its number counts', () => {
    expect(line('heartbeat', '{}', ', "writer": "w", "seq": 2')).toEqual({
      kind: 'unknown',
      method: 'heartbeat',
      sequence: { writer: 'w', seq: 2 },
    });
  });
});

describe('what is wrong', () => {
  test.each([
    ['report_asset_materialization', '{"metadata": null}', '"asset_key" must be a string, and is missing'],
    [
      'report_asset_materialization',
      '{"asset_key": "a", "data_version": 5}',
      '"data_version" must be a string or null, and is 5',
    ],
    [
      'report_asset_check',
      '{"asset_key": "a", "check_name": "c", "passed": 1}',
      '"passed" must be true or false, and is 1',
    ],
    [
      'log_external_stream',
      '{"stream": "stdin", "text": "t"}',
      '"stream" must be "stdout" or "stderr", and is "stdin"',
    ],
    ['opened', '{"extras": [1]}', '"extras" must be an object, and is [1]'],
  ])('%s with %s is broken', (method, params, reason) => {
    expect(line(method, params)).toMatchObject({ kind: 'broken', reason: `in the params of "${method}", ${reason}` });
  });

  test('params that are no object, and a method that is no text, are broken', () => {
    expect(line('log', '5')).toMatchObject({ kind: 'broken', reason: 'the params of "log" are not an object' });
    expect(classifyLine(`{${VERSION}, "method": 5}`)).toMatchObject({ kind: 'broken' });
    expect(classifyLine(`{${VERSION}}`)).toMatchObject({ kind: 'broken' });
  });

  test.each(['garbage', '', '5', 'null', '[]', '{"level": "info"}', '{"method": "nothing we know"}', '{"half'])(
    '%s is no message at all',
    (text) => {
      expect(classifyLine(text).kind).toBe('foreign');
    },
  );

  test('a chain of causes without end is cut', () => {
    const deep = `${'{"message": "m", "cause": '.repeat(400)}null${'}'.repeat(400)}`;
    expect(understood('closed', `{"exception": ${deep}}`).params).toMatchObject({ exception: { message: 'm' } });
  });
});

test("Python's floats stay floats where it leaves the type to us, and are numbers inside of JSON", () => {
  const inferred = (raw: string): string => `{"raw_value": ${raw}, "type": "__infer__"}`;
  const metadata = `{"f": ${inferred('1.0')}, "i": ${inferred('1')}, "l": ${inferred('[1.0, {"a": 2.0}]')}}`;
  const report = `{"asset_key": "a", "metadata": ${metadata}, "data_version": null}`;
  expect(understood('report_asset_materialization', report).params).toMatchObject({
    metadata: {
      f: { type: 'float', value: 1 },
      i: { type: 'int', value: 1 },
      l: { type: 'json', value: [1, { a: 2 }] },
    },
  });
});

test.each(['SystemExit: 0', 'SystemExit', 'SystemExit: None'])('Python that ends with %s closes clean', (end) => {
  const closed = (message: string): unknown =>
    understood('closed', `{"exception": {"message": "${message}\\n", "stack": [], "name": "SystemExit"}}`).params;
  expect(closed(end)).toEqual({});
  expect(closed('SystemExit: 3')).toMatchObject({ exception: { name: 'SystemExit' } });
});
