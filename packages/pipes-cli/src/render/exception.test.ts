import { toPipesException } from 'pipes-external/protocol';
import { expect, test } from 'vitest';
import { plain } from '../terminal/colours.ts';
import { renderException } from './exception.ts';

const options = { colours: plain, cwd: '/home/me/weather' };

function thrown(message: string, frames: readonly string[], cause?: unknown): Error {
  const error = new TypeError(message, { cause });
  error.stack = `TypeError: ${message}\n${frames.map((frame) => `    at ${frame}`).join('\n')}`;
  return error;
}

test('the frames of the user come first, those of the framework and of Node not at all', () => {
  const cause = thrown('ENOENT: no such file', ['node:internal/fs/promises:639:10']);
  const error = thrown(
    'cannot read the raw file\nlook at the path',
    [
      'readRaw (file:///home/me/weather/assets/raw.ts:12:9)',
      'runStep (/home/me/weather/node_modules/pipes-runtime/dist/index.js:1:2)',
      'file:///home/me/shared/read%20it.ts:3:4',
      'async node:internal/process/task_queues:105:5',
    ],
    cause,
  );
  expect(renderException(toPipesException(error), options)).toEqual([
    'TypeError: cannot read the raw file',
    'look at the path',
    '  at readRaw (assets/raw.ts:12:9)',
    '  at /home/me/shared/read it.ts:3:4',
    'caused by TypeError: ENOENT: no such file',
    '  at node:internal/fs/promises:639:10',
  ]);
});

test('an exception of Python keeps its form', () => {
  const exception = {
    name: 'ValueError',
    message: 'no rows',
    stack: ['  File "/home/me/weather/clean.py", line 3, in <module>\n    main()\n'],
    cause: null,
    context: { name: 'KeyError', message: "'day'", stack: [], cause: null, context: null },
  };
  expect(renderException(exception, options)).toEqual([
    'ValueError: no rows',
    '    File "clean.py", line 3, in <module>',
    '      main()',
    "while handling KeyError: 'day'",
  ]);
});

test('long stacks and messages are bounded', () => {
  const error = thrown(
    'x\n'.repeat(1000),
    Array.from({ length: 50 }, (_, index) => `f${index} (/a/b.ts:${index}:1)`),
  );
  const lines = renderException(toPipesException(error), options);
  expect(lines.length).toBeLessThan(60);
  expect(lines).toContain('  … 44 more frames');
});
