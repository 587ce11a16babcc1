import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { encodeParam, parseWireJson } from 'pipes-external/protocol';
import { publint } from 'publint';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importsOf } from './architecture.ts';

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: object;
  readonly optionalDependencies?: object;
}

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const names = ['pipes-external', 'pipes-orchestrator', 'pipes-runtime', 'pipes-cli'];
const libraries = names.filter((name) => name !== 'pipes-cli');

const folder = mkdtempSync(join(tmpdir(), 'packed-'));
const home = join(folder, 'home');
/** What a stranger's machine has: no sources to find, no cache, an empty home. */
const env = {
  PATH: [bin, process.env['PATH']].join(delimiter),
  HOME: home,
  TMPDIR: folder,
  NODE_DISABLE_COMPILE_CACHE: '1',
};
const run = (command: string, args: readonly string[], cwd: string, more: NodeJS.ProcessEnv = {}): string =>
  execFileSync(command, args, { cwd, env: { ...env, ...more }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const tarball = (name: string): string =>
  join(folder, `${name}-${packageJson(join(root, 'packages', name)).version}.tgz`);
/** Where a project of its own has installed pipes-external and nothing else. */
const alone = join(folder, 'alone');
/** Where all packages are installed, with the third-party packages that they name. */
const together = join(folder, 'together');
const installed = (name: string): string => join(together, 'node_modules', name);

beforeAll(() => {
  mkdirSync(home, { recursive: true });
  // Builds what is stale, so that what is tested is what the sources say.
  run(process.execPath, ['scripts/prepare.mjs'], root);
  run('npm', ['pack', '--silent', '--pack-destination', folder, ...names.map((name) => `--workspace=${name}`)], root);
  mkdirSync(alone);
  writeFileSync(join(alone, 'package.json'), '{}');
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball('pipes-external')], alone);
  for (const name of names) {
    mkdirSync(installed(name), { recursive: true });
    run('tar', ['-xzf', tarball(name), '--strip-components=1', '-C', installed(name)], folder);
    for (const dependency of Object.keys(packageJson(installed(name)).dependencies ?? {})) linkThirdParty(dependency);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(names)('%s', (name) => {
  test('holds what a user needs and nothing else', () => {
    const files = globSync('**/*', { cwd: installed(name), exclude: ['src/**', 'dist/**'] }).filter(
      (file) => !['src', 'dist'].includes(file),
    );
    const expected = ['LICENSE', 'README.md', 'package.json', ...(name === 'pipes-cli' ? ['bin', 'bin/pipes.js'] : [])];
    expect(files.toSorted()).toStrictEqual(expected.toSorted());
    expect(globSync('{src,dist}/**/*.test.*', { cwd: installed(name) })).toStrictEqual([]);
    expect(readFileSync(join(installed(name), 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
  });

  test('is clean to publint', async () => {
    const packed = readFileSync(tarball(name));
    const pack = { tarball: packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength) };
    const { messages } = await publint({ pack, strict: true });
    expect(messages).toStrictEqual([]);
  });

  test('imports only what it depends on', () => {
    const { dependencies, peerDependencies } = packageJson(installed(name));
    const allowed = Object.keys({ ...dependencies, ...peerDependencies });
    const foreign = bareImports(installed(name)).filter(
      (each) => !isBuiltin(each) && !allowed.includes(packageOf(each)),
    );
    expect(foreign).toStrictEqual([]);
  });
});

describe.each(libraries)('the types of %s', (name) => {
  test('resolve for every kind of user', async () => {
    const profile = name === 'pipes-external' ? 'node16' : 'esm-only';
    const attw = promisify(execFile)(join(bin, 'attw'), [tarball(name), '--profile', profile, '--no-color'], { env });
    await expect(attw).resolves.toHaveProperty('stdout', expect.stringContaining(`"${name}"`));
  });

  test('name no value that is not there', async () => {
    for (const [entry, declarations] of declarationsOf(name)) {
      const script = `import * as entry from '${entry}'; console.log(Object.keys(entry).join())`;
      const values = run(process.execPath, ['--input-type=module', '-e', script], together).trim().split(',');
      expect(declaredValues(declarations).filter((value) => !values.includes(value))).toStrictEqual([]);
    }
  });
});

describe('pipes-external', () => {
  test('brings nothing with it', () => {
    expect(readdirSync(join(alone, 'node_modules')).filter((file) => !file.startsWith('.'))).toStrictEqual([
      'pipes-external',
    ]);
    const { dependencies, peerDependencies, optionalDependencies } = packageJson(
      join(alone, 'node_modules', 'pipes-external'),
    );
    expect({ dependencies, peerDependencies, optionalDependencies }).toEqual({});
    expect(
      bareImports(join(alone, 'node_modules', 'pipes-external')).filter((each) => !each.startsWith('node:')),
    ).toStrictEqual([]);
  });
});

describe.each(nodes())('on Node $version', ({ version, node }) => {
  test.each(entries('pipes-external'))('%s gives the same by import and by require', async (entry) => {
    const print = 'console.log(Object.keys(entry).filter((key) => key !== "module.exports").sort().join())';
    const imported = run(node, ['--input-type=module', '-e', `import * as entry from '${entry}'; ${print}`], alone);
    const required = run(node, ['-e', `const entry = require('${entry}'); ${print}`], alone);
    const sources = (await import(entry)) as object;
    expect(imported.trim()).toBe(Object.keys(sources).toSorted().join());
    expect(required).toBe(imported);
  });

  test('a script that mixes import and require reports over one session', () => {
    writeFileSync(join(alone, 'report.mjs'), REPORT);
    const messages = join(alone, `messages-${version}`);
    const bootstrap = {
      DAGSTER_PIPES_CONTEXT: encodeParam({ data: { run_id: 'r', asset_keys: ['a'], retry_number: 0, extras: {} } }),
      DAGSTER_PIPES_MESSAGES: encodeParam({ path: messages }),
    };
    run(node, ['report.mjs'], alone, bootstrap);
    const lines = readFileSync(messages, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => parseWireJson(line));
    expect(lines).toMatchObject([
      { method: 'opened', seq: 1 },
      { method: 'report_custom_message', params: { payload: { sameSession: true, knowsErrors: true } }, seq: 2 },
      { method: 'report_asset_materialization', params: { metadata: { rows: { type: 'int', raw_value: 5 } } }, seq: 3 },
      { method: 'closed', params: {}, seq: 4, total: 4 },
    ]);
  });
});

describe.each(nodes().filter(({ version }) => isAtLeast(version, 22, 18)))('on Node $version', ({ node }) => {
  test('the packages that need it are imported, and the command runs', () => {
    for (const name of libraries.filter((each) => each !== 'pipes-external')) {
      const script = entries(name).map((entry) => `await import('${entry}');`);
      expect(run(node, ['--input-type=module', '-e', script.join('')], together)).toBe('');
    }
    expect(run(node, [join(installed('pipes-cli'), 'bin', 'pipes.js'), '--help'], together)).toContain('pipes run');
  });
});

const REPORT = `
import { createRequire } from 'node:module';
import { MetadataValue, openDagsterPipes, PipesError } from 'pipes-external';

const copy = createRequire(import.meta.url)('pipes-external');
const pipes = await openDagsterPipes();
const same = await copy.openDagsterPipes();
const knowsErrors = copy.PipesError.is(new PipesError('PIPES_TEST', 'x')) && !(new PipesError('PIPES_TEST', 'x') instanceof copy.PipesError);
pipes.reportCustomMessage({ sameSession: pipes === same, knowsErrors });
same.reportAssetMaterialization({ metadata: { rows: copy.MetadataValue.int(5), same: MetadataValue.bool(true) } });
await pipes.close();
`;

function packageJson(path: string): PackageJson {
  return JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as PackageJson;
}

function entries(name: string): readonly string[] {
  const { exports } = packageJson(join(root, 'packages', name));
  return Object.keys(exports).filter((key) => key !== './package.json').map((key) => key.replace('.', name)); // prettier-ignore
}

/** Everything that the built files import and that is not a file of their own. */
function bareImports(path: string): readonly string[] {
  const files = globSync('dist/**/*.{js,cjs,d.ts,d.cts}', { cwd: path });
  expect(files).not.toStrictEqual([]);
  return files
    .flatMap((file) => importsOf(file.replace(/c?js$/, 'js'), readFileSync(join(path, file), 'utf8')))
    .map(({ specifier }) => specifier)
    .filter((specifier) => !specifier.startsWith('.'));
}

function packageOf(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/'); // prettier-ignore
}

function linkThirdParty(name: string): void {
  const link = join(together, 'node_modules', name);
  if (!names.includes(name) && !existsSync(link)) symlinkSync(join(root, 'node_modules', name), link);
}

/** This Node, and the older ones that `npm run test:floors` and CI put into `.cache/nodes`. */
function nodes(): readonly { readonly version: string; readonly node: string }[] {
  const cached = join(root, '.cache', 'nodes');
  const older = globSync('*/node_modules/.bin/node', { cwd: cached }).map((path) => ({
    version: path.split('/')[0] ?? '',
    node: join(cached, path),
  }));
  if (older.length === 0 && process.env['CI'])
    throw new Error('CI tests on older Nodes: run scripts/prepare.mjs --nodes');
  return [{ version: process.versions.node, node: process.execPath }, ...older];
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [actualMajor = 0, actualMinor = 0] = version.split('.').map(Number);
  return actualMajor > major || (actualMajor === major && actualMinor >= minor);
}

/** The entries of a package, each with the file that declares its types. */
function declarationsOf(name: string): readonly (readonly [entry: string, file: string])[] {
  const dist = join(installed(name), 'dist');
  return globSync('**/index.d.ts', { cwd: dist }).map((file) => [
    join(dist, file.replace(/\.d\.ts$/, '.js')),
    join(dist, file),
  ]);
}

/** What TypeScript lets a user import as a value. */
function declaredValues(file: string): readonly string[] {
  const program = ts.createProgram([file], { module: ts.ModuleKind.NodeNext, skipLibCheck: true, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  const exported = module === undefined ? [] : checker.getExportsOfModule(module);
  return exported
    .filter((symbol) => {
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      if (isAlias && symbol.declarations?.some((each) => ts.isExportSpecifier(each) && isTypeOnly(each)) === true)
        return false;
      return ((isAlias ? checker.getAliasedSymbol(symbol) : symbol).flags & ts.SymbolFlags.Value) !== 0;
    })
    .map((symbol) => symbol.name);
}

const isTypeOnly = (specifier: ts.ExportSpecifier): boolean =>
  specifier.isTypeOnly || specifier.parent.parent.isTypeOnly;
