import { expect, test } from 'vitest';
import { pipes } from './pipes.ts';

test.each([
  [
    'a step calls process.exit(0)',
    'exit',
    'The process was ended with code 0 from inside, while these steps ran: ends.',
  ],
  [
    'a step never settles',
    'never',
    'Something never settles, and nothing is left that could end it, while these steps ran: ends.',
  ],
  [
    'the module calls process.exit(0)',
    'loading',
    'The process was ended with code 0 from inside, while the module was loading.',
  ],
])('when %s, the command is not green and says so', async (_name, how, message) => {
  const { exitCode, stdout, stderr } = await pipes(['run', 'ends-early.ts', '--json'], { env: { ENDS: how } });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(message);
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toMatchObject({ type: 'ERROR', code: 'PIPES_ENDED_EARLY' });
});
