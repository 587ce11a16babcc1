import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, say, step, withoutTools } from './step.mjs';

/** The oldest Node of pipes-external, the last of the line between, and the oldest of the other packages. */
const VERSIONS = ['18.20.8', '20.20.2', '22.18.0'];

/** Platforms whose Node is in the registry under one name, in all of these versions. */
const PLATFORMS = ['linux-x64', 'linux-arm64', 'win-x64'];

/** Puts older Nodes into `.cache/nodes`, where the test of the packed packages finds them. */
export async function prepareNodes() {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) {
    say(`no older Node is to be had for ${platform}: WITHOUT THEM, packages are tested on this Node only.`);
    return;
  }
  for (const version of VERSIONS) {
    const folder = join(ROOT, '.cache', 'nodes', version);
    // npm writes this file last.
    if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) continue;
    mkdirSync(folder, { recursive: true });
    // The folder as a project of its own: with --prefix, npm would not find the configuration of the machine.
    writeFileSync(join(folder, 'package.json'), '{}');
    const npm = ['npm', 'install', '--ignore-scripts', '--no-save', '--no-package-lock', `node-${platform}@${version}`];
    await step(`installing Node ${version} to test on`, npm, { cwd: folder, env: withoutTools() });
  }
}
