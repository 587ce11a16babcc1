import { describe, expect, test } from 'vitest';
import { toPipesException } from './exception.ts';

const bare = { stack: [], cause: null, context: null };

test('an error travels with its name, its text and its frames', () => {
  const exception = toPipesException(new RangeError('too far'));
  expect(exception).toMatchObject({ name: 'RangeError', message: 'too far', cause: null, context: null });
  expect(exception.stack[0]).toMatch(/^ +at .*exception\.test\.ts:\d+:\d+.*\n$/);
  expect(exception.stack.join('')).not.toContain('too far');
});

test('a text of several lines stays out of the frames', () => {
  const exception = toPipesException(new Error('first line\nsecond line'));
  expect(exception.message).toBe('first line\nsecond line');
  expect(exception.stack.every((frame) => /^ +at /.test(frame))).toBe(true);
});

test('a text that holds frames of its own keeps them to itself', () => {
  const exception = toPipesException(new Error('it printed:\n    at main (child.js:1:1)\n  done'));
  expect(exception.stack.join('')).not.toMatch(/child\.js|done/);
  expect(exception.stack[0]).toMatch(/exception\.test\.ts/);
});

describe('causes', () => {
  test('travel as a chain', () => {
    const error = new Error('outer', { cause: new TypeError('middle', { cause: 'a string at the bottom' }) });
    expect(toPipesException(error)).toMatchObject({
      message: 'outer',
      cause: {
        name: 'TypeError',
        message: 'middle',
        cause: { ...bare, name: 'string', message: 'a string at the bottom' },
      },
    });
  });

  test('that lead back end the chain', () => {
    const first = new Error('first');
    const second = new Error('second', { cause: first });
    first.cause = second;
    expect(toPipesException(first)).toMatchObject({ message: 'first', cause: { message: 'second', cause: null } });
  });

  test('that never end are cut', () => {
    let depth = 0;
    for (let at = toPipesException(endlessError()).cause; at !== null; at = at.cause) depth += 1;
    expect(depth).toBe(20);
  });
});

function endlessError(): Error {
  return Object.defineProperty(new Error('again'), 'cause', { get: endlessError });
}

test('the errors of an AggregateError are in its text', () => {
  const error = new AggregateError([new TypeError('one'), 'two'], 'both failed');
  expect(toPipesException(error)).toMatchObject({
    name: 'AggregateError',
    message: 'both failed\n- TypeError: one\n- two',
  });
});

test('an error thrown while disposing carries both', () => {
  const error = new SuppressedError(new Error('while closing'), new Error('the work failed'), 'two errors');
  expect(toPipesException(error)).toMatchObject({
    name: 'SuppressedError',
    message: 'two errors\n- Error: while closing',
    cause: { message: 'the work failed' },
  });
});

test.each([
  ['text', 'oops', 'string', 'oops'],
  ['a number', 42, 'number', '42'],
  ['undefined', undefined, 'undefined', 'undefined'],
  ['null', null, 'object', 'null'],
  ['a symbol', Symbol('s'), 'symbol', 'Symbol(s)'],
  ['an object', { code: 5 }, 'object', '[object Object]'],
])('%s that was thrown is described', (_name, thrown, name, message) => {
  expect(toPipesException(thrown)).toStrictEqual({ ...bare, name, message });
});

test('an object with a message counts as an error', () => {
  expect(toPipesException({ message: 'from elsewhere' })).toStrictEqual({
    ...bare,
    name: 'Error',
    message: 'from elsewhere',
  });
});

describe('hostile values never throw', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  test.each<[string, unknown]>([
    ['getters', Object.defineProperties(new Error('x'), { message: { get: hostile }, stack: { get: hostile }, cause: { get: hostile }, name: { get: hostile } })],
    ['errors of an AggregateError', Object.defineProperty(new Error('x'), 'errors', { get: hostile })],
    ['inner errors', new AggregateError([{ toString: hostile }, revoked.proxy])],
    ['toString', { toString: hostile }],
    ['no prototype', Object.create(null)],
    ['a revoked proxy', revoked.proxy],
    ['a proxy that refuses everything', new Proxy({}, { get: hostile, getPrototypeOf: hostile, has: hostile })],
  ])('%s', (_name, thrown) => {
    const exception = toPipesException(thrown);
    expect(Object.keys(exception)).toStrictEqual(['message', 'stack', 'name', 'cause', 'context']);
    expect(exception.name).toEqual(expect.any(String));
  }); // prettier-ignore
});

function hostile(): never {
  throw new Error('hostile');
}
