import assert from 'node:assert/strict';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonObject, asReceived } from '../../test/json-arbitrary.ts';
import { decodeParam, encodeParam } from './bootstrap.ts';
import { PipesError } from './pipes-error.ts';

const deflated = (bytes: string | Buffer): string => deflateSync(bytes).toString('base64');

test.each([
  ['eJyrVipILMlQslJQ0i/JLdBPLqnQT87PK0mtKFGqBQCF9wm6', { path: '/tmp/ctx/context' }],
  ['eJyrViouScnMV7JSADFSi4qUagFBNAaS', { stdio: 'stderr' }],
  ['eJyrVkoqTUtLLUpNiS8uScnMV7JSUAIyUouKlGoBluMKNA==', { buffered_stdio: 'stderr' }],
  ['eJyrVipILMlQslJQ0k9JLdPPK83JUaoFAEmRBuA=', { path: '/dev/null' }],
])("a word of Python's library, %s, is read", (word, params) => {
  expect(decodeParam(word)).toStrictEqual(params);
});

test('what is encoded is decoded, and never looks like a flag', () => {
  fc.assert(
    fc.property(jsonObject, (params) => {
      const word = encodeParam(params);
      assert.deepEqual(decodeParam(word), asReceived(params));
      expect(word).toMatch(/^eJ[A-Za-z0-9+/]+=*$/);
    }),
  );
});

test('white space around and line breaks in a word do no harm', () => {
  const word = encodeParam({ path: '/tmp/somewhere/deep/down' });
  expect(decodeParam(` ${word.slice(0, 10)}\n${word.slice(10)}\r\n`)).toStrictEqual({
    path: '/tmp/somewhere/deep/down',
  });
});

test.each([
  ['', 'it is empty or not base64'],
  ['%%%', 'it is empty or not base64'],
  ['aGVsbG8=', 'it cannot be inflated as zlib data (incorrect header check)'],
  [gzipSync('{}').toString('base64'), 'it cannot be inflated as zlib data (incorrect header check)'],
  [deflated('{"path": "/tmp"}').slice(0, 12), 'it cannot be inflated as zlib data (unexpected end of file)'],
  [deflated('{"path": '), 'it does not hold JSON ('],
  [deflated('not json'), 'it does not hold JSON ('],
  [deflated('"text"'), 'it holds JSON that is not an object'],
  [deflated('[1]'), 'it holds JSON that is not an object'],
  [deflated('null'), 'it holds JSON that is not an object'],
  [
    deflated(Buffer.alloc(65 * 1024 * 1024, ' ')),
    'it cannot be inflated as zlib data (Cannot create a Buffer larger than',
  ],
])('a broken word names the layer that is broken: %#', (word, problem) => {
  const decode = (): unknown => decodeParam(word, 'DAGSTER_PIPES_CONTEXT');
  expect(decode).toThrow(`Cannot decode DAGSTER_PIPES_CONTEXT: ${problem}`);
  expect(decode).toThrow(expect.objectContaining({ code: 'PIPES_PARAMS_INVALID' }) as PipesError);
});
