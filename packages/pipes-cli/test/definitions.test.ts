import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pipes } from './pipes.ts';

let folder = '';
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'pipes-cli-')));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the command says to a module of this text. Broken modules cannot be tracked: every tool would trip over them. */
async function refusalOf(name: string, source: string): Promise<string> {
  await writeFile(join(folder, name), source);
  const { exitCode, stdout, stderr } = await pipes(['ls', name], { cwd: folder });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  return stderr;
}

describe('a module that cannot be loaded is refused with its place and a remedy', () => {
  test('a file that is not there', async () => {
    await writeFile(join(folder, 'weather.ts'), '');
    const { exitCode, stderr } = await pipes(['run', 'weather.js'], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`Cannot load weather.js: there is no such file (looked for ${folder}/weather.js)`);
    expect(stderr).toContain('Did you mean weather.ts?');
  });

  test('a folder', async () => {
    const { exitCode, stderr } = await pipes(['run', '.'], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Cannot load .: it is a directory.');
  });

  test('a syntax error in TypeScript', async () => {
    expect(await refusalOf('a.ts', 'export const a = 1;\nexport const b = ;\n')).toContain(
      'Cannot load a.ts: syntax error at a.ts:2: Expression expected.',
    );
  });

  test('a syntax error in JavaScript', async () => {
    expect(await refusalOf('a.mjs', 'export const a = 1;\n\nexport const b = ;\n')).toContain(
      "Cannot load a.mjs: syntax error at a.mjs:3: Unexpected token ';'.",
    );
  });

  test('a syntax error in a module that it imports', async () => {
    await writeFile(join(folder, 'inner.ts'), 'export const = 1;');
    expect(await refusalOf('outer.ts', "import './inner.ts';")).toContain('syntax error at inner.ts:1');
  });

  test('a package that is not installed', async () => {
    const text = await refusalOf('b.ts', "import { x } from '@acme/sensors/io';\nx();");
    expect(text).toContain(
      'the package "@acme/sensors", imported from b.ts, is not installed. Run: npm install @acme/sensors',
    );
  });

  test('a relative import without its extension', async () => {
    const text = await refusalOf('c.ts', "import { x } from './other';\nx();");
    expect(text).toContain('the module other, imported from c.ts, does not exist.');
    expect(text).toContain('write "./other.ts"');
  });

  test('an import of what a module does not export', async () => {
    const text = await refusalOf('d.ts', "import { Nothing } from './weather.ts';\nNothing();");
    expect(text).toContain("does not provide an export named 'Nothing' at d.ts:1");
  });

  test.each([
    ['enum Colour { Red }', 'enum', 'a const object'],
    ['namespace Inner { export const x = 1; }', 'namespace', 'write a module'],
    ['class A { constructor(private readonly x: number) {} }', 'parameter property', 'declare the field'],
  ])('syntax that cannot be stripped: %s', async (source, what, remedy) => {
    const text = await refusalOf('e.ts', `const a: number = 1;\n${source}\n`);
    expect(text).toContain(`TypeScript ${what}`);
    expect(text).toContain('at e.ts:2');
    expect(text).toContain(remedy);
  });

  test('JSX', async () => {
    expect(await refusalOf('f.tsx', 'export const a = <br/>;')).toContain('.tsx must be compiled first');
  });

  test('a module that throws, with its own frames', async () => {
    const text = await refusalOf(
      'g.ts',
      "function connect() {\n  throw new RangeError('no such port');\n}\nconnect();\n",
    );
    expect(text).toContain('Cannot load g.ts: it threw RangeError: no such port');
    expect(text).toContain('caused by RangeError: no such port\n  at connect (g.ts:2:9)\n  at g.ts:4:1');
    expect(text).not.toContain('node:internal');
  });
});

test('a syntax error that the code of a module throws is no syntax error of the module', async () => {
  expect(await refusalOf('j.ts', "JSON.parse('{');")).toContain('Cannot load j.ts: it threw SyntaxError');
});

describe('the project among the exports', () => {
  test('none: says what is there instead', async () => {
    const text = await refusalOf('h.ts', 'export const assets = [];\nexport const limit = 3;\nexport function go() {}');
    expect(text).toContain('h.ts exports no project: it exports assets (array), go (function), limit (number).');
    expect(text).toContain('export const project = define({');
  });

  test('no exports at all', async () => {
    expect(await refusalOf('i.ts', '')).toContain('i.ts exports no project: it exports nothing.');
  });

  test('several: asks for a name', async () => {
    const { exitCode, stderr } = await pipes(['ls', 'several-projects.ts']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('several-projects.ts exports several projects: east, west.');
  });

  test('several of which one has the name', async () => {
    const { exitCode, stdout } = await pipes(['ls', 'named-project.ts']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('chosen');
  });

  test('definitions that do not fit: every problem on its own line, with the file', async () => {
    const { exitCode, stderr } = await pipes(['run', 'bad-definitions.ts']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Cannot load bad-definitions.ts: The definitions have 2 problems:');
    expect(stderr.split('\n').filter((line) => line.startsWith('  - '))).toHaveLength(2);
    expect(stderr).toContain('at bad-definitions.ts:');
    expect(stderr).not.toContain('<anonymous>');
    expect(stderr).toContain('PIPES_DEFINITION_INVALID');
  });
});

test('options that the types forbid are refused with the line that has them', async () => {
  const { exitCode, stderr } = await pipes(['ls', 'bad-options.ts']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Cannot load bad-options.ts: The definitions have 2 problems:');
  expect(stderr).toContain('asset "x": "rnu" is not an option: did you mean "run"?');
  expect(stderr).toMatch(/at .*bad-options\.ts:4:/);
  expect(stderr).not.toContain('<anonymous>');
});

describe('arguments', () => {
  test.each([
    [['run', 'weather.ts', '--tag', 'nothing'], '--tag takes key=value, not "nothing"'],
    [['run', 'weather.ts', '--max-concurrent', 'many'], '--max-concurrent takes a whole number from 1, not "many"'],
    [['run', 'weather.ts', '--config', '{"a":'], 'The config in --config is not JSON'],
    [['run', 'weather.ts', '--config', 'none.json'], 'Cannot read the config file'],
    [['run'], "missing required argument 'file'"],
    [['run', 'weather.ts', '--nonsense'], "unknown option '--nonsense'"],
    [['nonsense'], "unknown command 'nonsense'"],
  ])('%j is refused', async (args, message) => {
    const { exitCode, stdout, stderr } = await pipes(args, { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });

  test.each([
    ['selection', ['--select', 'nope'], /^weather\.ts: [\s\S]*`pipes ls weather\.ts` shows what there is to select\./],
    ['partition', ['--partition', '1999'], /^weather\.ts: [\s\S]*--partition; `pipes ls weather\.ts`/],
    [
      'config',
      ['--partition', '2012', '--config', '{"assets":{"nope":1}}'],
      /^weather\.ts: [\s\S]*--config; `pipes ls weather\.ts`/,
    ],
  ])(
    'a %s that does not fit is refused with the file and what to do, and without frames',
    async (_what, args, text) => {
      const { exitCode, stderr } = await pipes(['run', 'weather.ts', ...args]);
      expect(exitCode).toBe(2);
      expect(stderr.replace(/^PipesError: /, '')).toMatch(text);
      expect(stderr).not.toMatch(/^\s+at /m);
    },
  );

  test('with --json, a refusal is one line of JSON as well', async () => {
    const { exitCode, stdout, stderr } = await pipes(['run', 'nowhere.ts', '--json'], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      type: 'ERROR',
      code: 'PIPES_MODULE_FAILED',
      message: expect.stringContaining('Cannot load nowhere.ts') as string,
    });
    expect(stderr).toContain('Cannot load nowhere.ts');
    const usage = await pipes(['run', '--json'], { cwd: folder });
    expect(JSON.parse(usage.stdout)).toMatchObject({ type: 'ERROR', code: 'PIPES_USAGE_INVALID' });
  });

  test('help and version are not failures', async () => {
    expect(await pipes(['--version'])).toMatchObject({ exitCode: 0, stdout: '0.1.0\n', stderr: '' });
    const help = await pipes(['run', '--help']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toContain('Exit codes:');
    expect(await pipes([])).toMatchObject({ exitCode: 2 });
  });
});
