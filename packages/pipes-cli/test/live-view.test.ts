import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isStopped } from './processes.ts';

const HIDE = '\u001B[?25l';
const SHOW = '\u001B[?25h';

test('Ctrl-Z gives the cursor back, and going on takes it again', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('fixtures/live-view.ts', import.meta.url))], {
    timeout: 25_000,
    killSignal: 'SIGKILL',
  });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  try {
    await expect.poll(() => shown).toContain('area');
    shown = '';
    child.kill('SIGTSTP');
    await expect.poll(() => shown.endsWith(SHOW), { timeout: 5_000 }).toBe(true);
    await expect.poll(() => isStopped(child.pid!)).toBe(true);
    shown = '';
    child.kill('SIGCONT');
    await expect.poll(() => shown.includes('area') && shown.includes(HIDE), { timeout: 5_000 }).toBe(true);
  } finally {
    child.kill('SIGKILL');
  }
});
