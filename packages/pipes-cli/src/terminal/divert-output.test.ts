import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { divertOutput } from './divert-output.ts';

function collecting(): { readonly stream: Writable; readonly written: string[] } {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  return { stream, written };
}

test('what is written goes elsewhere while it is held, and past it when asked', () => {
  const { stream, written } = collecting();
  const diverted: string[] = [];
  {
    using diversion = divertOutput(stream, (text) => diverted.push(text));
    stream.write('one');
    diversion.direct('past it');
  }
  stream.write('two');
  expect({ diverted, written }).toEqual({ diverted: ['one'], written: ['past it', 'two'] });
});

test('bytes are text only when all of a character has come', () => {
  const { stream } = collecting();
  const diverted: string[] = [];
  divertOutput(stream, (text) => diverted.push(text));
  for (const byte of Buffer.from('é')) stream.write(Buffer.of(byte));
  expect(diverted.join('')).toBe('é');
});

test('the stream is afterwards as it was before', () => {
  const { stream } = collecting();
  divertOutput(stream, () => undefined)[Symbol.dispose]();
  expect(Object.hasOwn(stream, 'write')).toBe(false);
  const own = { value: (): boolean => true, configurable: true, enumerable: false, writable: true };
  Object.defineProperty(stream, 'write', own);
  divertOutput(stream, () => undefined)[Symbol.dispose]();
  expect(Object.getOwnPropertyDescriptor(stream, 'write')).toEqual(own);
});
