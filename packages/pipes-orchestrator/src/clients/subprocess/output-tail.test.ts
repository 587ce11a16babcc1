import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutputTail } from './output-tail.ts';

test('the last bytes are kept, however the output is cut into chunks', () => {
  const chunks = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), { maxLength: 30 });
  fc.assert(
    fc.property(chunks, fc.nat(40), (texts, maxBytes) => {
      const tail = new OutputTail(maxBytes);
      for (const text of texts) tail.push(Buffer.from(text));
      const all = texts.join('');
      expect(tail.text).toBe(all.slice(Math.max(0, all.length - maxBytes)));
    }),
  );
});
