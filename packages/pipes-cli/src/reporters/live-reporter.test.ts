import { expect, test } from 'vitest';
import { plain } from '../terminal/colours.ts';
import { divertOutput } from '../terminal/divert-output.ts';
import { LiveReporter } from './live-reporter.ts';

test("what the user's own code prints bit by bit is one line", () => {
  const shown: string[] = [];
  const screen = divertOutput(process.stdout, (text) => shown.push(text));
  const reporter = new LiveReporter(plain);
  for (let count = 0; count < 5; count += 1) process.stdout.write('.');
  process.stderr.write('done\n');
  reporter[Symbol.dispose]();
  screen[Symbol.dispose]();
  expect(shown.join('')).toContain('done\n.....\n');
});
