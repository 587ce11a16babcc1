import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dagsterVenv = fileURLToPath(new URL('../../.cache/python/bin/python', import.meta.url));

/** The Python with `dagster` and `dagster-pipes` that `npm test` prepares, or undefined where that could not be. */
export const dagsterPython: string | undefined = inCi(existsSync(dagsterVenv) ? dagsterVenv : undefined, 'Dagster');

/** Any Python 3, as the interpreter itself: `python3` may be a shim that costs 0.2 s at each start. */
export const python: string | undefined = inCi(dagsterPython ?? findPython(), 'python3');

function findPython(): string | undefined {
  const { stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
}

function inCi(found: string | undefined, what: string): string | undefined {
  if (found !== undefined) return found;
  if (process.env['CI']) throw new Error(`${what} is missing, and in CI no test may be left out`);
  process.stderr.write(`WITHOUT ${what}: the tests against it are left out\n`);
  return undefined;
}
