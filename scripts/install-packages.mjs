import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, StepFailed, step, withoutTools } from './step.mjs';

/** npm's own record of what is installed. It writes it last, so an install that was cut short has none. */
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json');

/** Installs exactly what the lock file says, when that is not what is there. */
export async function installPackages() {
  if (!isInstalled()) {
    rmSync(INSTALLED, { force: true });
    // No package of ours needs its install script, so none is run.
    await step('installing packages (npm ci)', ['npm', 'ci', '--ignore-scripts'], { env: withoutTools() });
  }
  checkNode();
}

function isInstalled() {
  if (!existsSync(INSTALLED)) return false;
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const installed = readPackages(INSTALLED);
  return Object.entries(wanted)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, { version, link, optional }]) => {
      const there = installed[path];
      return there === undefined ? optional === true : there.version === version && there.link === link;
    });
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** Where no pinned Node can be installed, the machine's own must do. */
function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isOld = major < 22 || (major === 22 && minor < 18);
  if (isOld && !existsSync(join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node'))) {
    const platform = `${process.platform}-${process.arch}`;
    throw new StepFailed(
      `prepare: no Node is pinned for ${platform}, and ${process.version} is too old: install Node 22.18 or later, best 24.`,
    );
  }
}
