import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, say, StepFailed, step } from './step.mjs';

const VENV = join(ROOT, '.cache', 'python');
const PYTHON = join(VENV, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const REQUIREMENTS = join(ROOT, 'scripts', 'requirements.txt');
const OLDEST_MINOR = 10;

/**
 * Puts Python's Dagster into `.cache/python`, for the tests that run against it. Where that cannot be, says what is left
 * out; in CI it fails.
 */
export async function preparePython() {
  const stamp = join(VENV, 'requirements.installed');
  const requirements = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === requirements) return;
  try {
    const python = findPython();
    rmSync(VENV, { recursive: true, force: true });
    await step('making a Python environment', [python, '-m', 'venv', VENV]);
    const pip = [
      PYTHON,
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--requirement',
      REQUIREMENTS,
    ];
    await step(`installing ${requirements.trim().split('\n').join(', ')} into it`, pip);
    writeFileSync(stamp, requirements);
  } catch (error) {
    if (!(error instanceof StepFailed) || process.env.CI) throw error;
    say(`${error.message}\nWITHOUT IT, the tests against Python's Dagster are left out.`);
  }
}

/** The interpreter itself: `python3` may be a shim of a version manager, which costs 0.2 s at each start. */
function findPython() {
  const script = 'import sys; print(sys.executable); print(sys.version_info.minor)';
  const { stdout } = spawnSync('python3', ['-c', script], { encoding: 'utf8' });
  const [executable, minor] = (stdout ?? '').trim().split(/\r?\n/);
  if (!executable) throw new StepFailed('there is no python3');
  if (Number(minor) < OLDEST_MINOR) throw new StepFailed(`python3 is 3.${minor}; Dagster needs 3.${OLDEST_MINOR}`);
  return executable;
}
