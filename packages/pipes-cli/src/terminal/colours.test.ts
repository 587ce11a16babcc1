import { expect, test } from 'vitest';
import { coloursFor, isInteractive } from './colours.ts';

const terminal = { isTTY: true };
const file = { isTTY: false };

test.each([
  [terminal, {}, true, true],
  [file, {}, false, false],
  [terminal, { CI: 'true' }, false, false],
  [terminal, { CI: 'false' }, true, true],
  [terminal, { TERM: 'dumb' }, false, false],
  [terminal, { NO_COLOR: '1' }, true, false],
  [file, { FORCE_COLOR: '1' }, false, true],
  [terminal, { FORCE_COLOR: '0' }, true, false],
  [file, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
])('%j with %j: live %s, colours %s', (stream, env, isLive, hasColours) => {
  expect(isInteractive(stream, env)).toBe(isLive);
  expect(coloursFor(stream, env).isColorSupported).toBe(hasColours);
});
