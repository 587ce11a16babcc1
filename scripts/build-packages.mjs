import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { all, ROOT, step, withTools } from './step.mjs';

/** Builds the packages whose `dist` is missing or older than their sources, all at once: none needs another's `dist`. */
export async function buildPackages({ force }) {
  const folders = readdirSync(join(ROOT, 'packages')).map((name) => join(ROOT, 'packages', name));
  await all(
    folders.filter((folder) => existsSync(join(folder, 'tsup.config.ts'))).map((folder) => build(folder, force)),
  );
}

async function build(folder, force) {
  const stamp = join(ROOT, '.cache', 'builds', basename(folder));
  const sources = hashSources(folder);
  const isBuilt = existsSync(join(folder, 'dist')) && existsSync(stamp);
  if (!force && isBuilt && readFileSync(stamp, 'utf8') === sources) return;
  // A build that is cut short must not look done.
  rmSync(stamp, { force: true });
  await step(`building ${relative(ROOT, folder)}`, ['npm', 'run', 'build'], { cwd: folder, env: withTools() });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, sources);
}

/** Everything that the build reads, as one word. */
function hashSources(folder) {
  const sources = readdirSync(join(folder, 'src'), { recursive: true })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => join(folder, 'src', path));
  const configs = [
    join(folder, 'package.json'),
    join(folder, 'tsup.config.ts'),
    join(ROOT, 'tsconfig.json'),
    join(ROOT, 'package-lock.json'),
  ];
  const hash = createHash('sha256');
  for (const file of [...configs, ...sources]) hash.update(relative(ROOT, file)).update(readFileSync(file));
  return hash.digest('hex');
}
