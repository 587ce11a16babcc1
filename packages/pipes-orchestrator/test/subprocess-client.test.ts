import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PipesExecutionResult, PipesSubprocessClient, type PipesSubprocessRunOptions } from '../src/index.ts';
import { WatchedContext } from './watched-context.ts';
import { CHILD, failureOf, isRunning, optionsOf, pidIn, tell } from './subprocess-story.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pipes-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a process that succeeds', () => {
  test('yields what it reported, with what the client knows of it', async () => {
    const context = new WatchedContext({ assetKeys: ['a', 'b'] });
    const invocation = await tell({ name: 'succeed', context });
    const [reported, implied] = invocation.getResults();
    expect(reported).toMatchObject({ kind: 'materialization', assetKey: 'a', metadata: { rows: { value: 3 } } });
    expect(implied).toMatchObject({ kind: 'materialization', assetKey: 'b', isImplicit: true });
    expect(reported?.metadata).toMatchObject(invocation.metadata);
    expect(Object.keys(invocation.metadata)).toEqual([
      'subprocess/pid',
      'subprocess/exit_code',
      'subprocess/duration_ms',
    ]);
    expect(invocation.getCustomMessages()).toEqual([{ n: 1 }]);
    expect(invocation.getResults()).toHaveLength(2);
    expect(invocation.getResults({ implicitMaterializations: false })).toHaveLength(1);
    expect(invocation.session.pendingResults).toBe(0);
  });

  test('that makes one asset, or only checks one, is asked for just that', async () => {
    const made = await tell({ name: 'succeed' });
    expect(made.getMaterializeResult()).toMatchObject({ assetKey: 'a', checkResults: [] });
    expect(() => made.getAssetCheckResult()).toThrow(/a was materialized/);
    const checked = await tell({ name: 'check' });
    expect(checked.getAssetCheckResult()).toMatchObject({ checkName: 'not_empty', passed: true });
    expect(() => checked.getMaterializeResult({ implicitMaterialization: false })).toThrow(/none is implied/);
  });

  test('leaves no file behind', async () => {
    const invocation = await tell({ name: 'succeed' });
    const paths = Object.values(invocation.session.getBootstrapParams()).map((params) => params['path'] as string);
    expect(paths).toHaveLength(2);
    expect(paths.map((path) => existsSync(dirname(path)))).toEqual([false, false]);
  });

  test('is given its extras, arguments apart from the program, and its working directory', async () => {
    const where = 'process.stdout.write([process.cwd(), ...process.argv.slice(1)].join())';
    const invocation = await tell({
      name: '',
      client: { stdio: 'capture', strictness: 'dagster' },
      run: { command: process.execPath, args: ['-e', where, 'one two', '$HOME'], cwd: pathToFileURL(directory) },
    });
    expect(invocation.stdout).toBe([realpathSync(directory), 'one two', '$HOME'].join());
    expect(invocation.session.contextData.extras).toEqual({});
  });

  test('through npm is launched with a warning', async () => {
    const context = new WatchedContext();
    const client = { stdio: 'ignore', strictness: 'dagster' } as const;
    const npm = join(directory, 'npm');
    writeFileSync(npm, '#!/bin/sh\n', { mode: 0o755 });
    await tell({ name: '', context, client, run: { command: [npm, '--silent', 'run', 'work'] } });
    expect(context.logged[0]).toMatch(/^warning .*npm passes neither signals nor exit codes/);
  });
});

describe('a stream of results', () => {
  test('gives each while the process runs, and what its success implies at the end', async () => {
    const go = join(directory, 'go');
    const context = new WatchedContext({ assetKeys: ['a', 'b', 'c'] });
    const invocation = new PipesSubprocessClient().stream(
      optionsOf({ name: 'stream', context, run: { extras: { go } } }),
    );
    const keys: string[] = [];
    for await (const result of invocation) {
      keys.push(result.assetKey);
      if (result.assetKey === 'a') writeFileSync(go, '');
    }
    expect(keys).toEqual(['a', 'b', 'c']);
    expect((await invocation.completed).getResults()).toEqual([]);
  });

  test('gives what came before a failure, then throws it', async () => {
    const results: PipesExecutionResult[] = [];
    const streaming = async (): Promise<void> => {
      for await (const result of new PipesSubprocessClient().stream(optionsOf({ name: 'exit 3' })))
        results.push(result);
    };
    await expect(streaming()).rejects.toThrow(/exited with code 3.*PIPES_PROCESS_FAILED/s);
    expect(results.map(({ assetKey }) => assetKey)).toEqual(['a']);
  });

  test('that is left early cancels the process', async () => {
    const context = new WatchedContext();
    const invocation = new PipesSubprocessClient().stream(
      optionsOf({ name: 'stream', context, run: { extras: { go: join(directory, 'never') } } }),
    );
    for await (const result of invocation) {
      expect(result.assetKey).toBe('a');
      break;
    }
    await expect(invocation.completed).rejects.toThrow(/nobody takes its results any more.*PIPES_CANCELLED/s);
    expect(isRunning(pidIn(context))).toBe(false);
  });
});

describe('a process that fails', () => {
  test('is named with its exit code, and with the last lines it wrote to stderr', async () => {
    const error = await failureOf({ name: 'exit 3' });
    expect(error.code).toBe('PIPES_PROCESS_FAILED');
    expect(error.message).toMatch(/child\.mjs "exit 3" exited with code 3 after \d+\.\d s\./);
    expect(error.message).toMatch(/never closed it/);
    expect(error.message).toMatch(/stderr line 11\n.*stderr line 30/s);
    expect(error.message).not.toMatch(/stderr line 10\n/);
  });

  test('is named with the error it reported, and its chain of causes', async () => {
    const error = await failureOf({ name: 'report an exception' });
    expect(error).toMatchObject({
      code: 'PIPES_PROCESS_FAILED',
      cause: { name: 'LoadError', cause: { name: 'DatabaseError' } },
    });
    expect(error.message).toMatch(/It reported LoadError: cannot load/);
  });

  test('is named with the signal it died by, and with the message it could not finish', async () => {
    const error = await failureOf({ name: 'die by SIGKILL' });
    expect(error.code).toBe('PIPES_PROCESS_FAILED');
    expect(error.message).toMatch(/was ended by SIGKILL/);
    expect(error.message).toMatch(/is cut off: line 3/);
  });

  test.each(['say nothing', 'report an exception and exit 0'])('is not green for exiting 0: %s', async (name) => {
    expect((await failureOf({ name })).code).toBe('PIPES_SESSION_FAILED');
    const tolerated = await tell({ name, client: { strictness: 'dagster' } });
    expect(tolerated.getResults()).toHaveLength(1);
  });
});

describe('a process that cannot be launched', () => {
  test.each<[string, Partial<PipesSubprocessRunOptions>, RegExp]>([
    ['an unknown program', { command: ['no-such-program', 'x'] }, /there is no program no-such-program in PATH/],
    ['a path without a file', { command: './no-such-file' }, /there is no file .*no-such-file/],
    ['a missing working directory', { cwd: '/no/such/directory' }, /working directory \/no\/such\/directory does not/],
    ['a file as working directory', { cwd: CHILD }, /working directory .*child\.mjs is not a directory/],
    ['a file that is not executable', { command: CHILD }, /child\.mjs is not executable\. Make it so/],
    ['a directory', { command: dirname(CHILD) }, /fixtures is a directory/],
    ['a shell command', { command: 'node child.mjs' }, /no shell reads the command/],
    [
      'an argument larger than the system allows',
      { command: ['true', 'x'.repeat(4_000_000)] },
      /larger than the system/,
    ],
  ])('%s is named', async (_, run, expected) => {
    const context = new WatchedContext();
    const error = await failureOf({ name: 'succeed', context, run });
    expect(error.code).toBe('PIPES_LAUNCH_FAILED');
    expect(error.message).toMatch(expected);
    expect(error.message.length).toBeLessThan(600);
    expect(context.logged).toEqual([]);
  });

  test('an interpreter that is not there is named', async () => {
    const script = join(directory, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n', { mode: 0o755 });
    expect((await failureOf({ name: '', run: { command: script } })).message).toMatch(
      /the interpreter that the first line/,
    );
  });

  test.each([[''], [[]], [['  ', 'x']]])('a command without a program is refused: %j', async (command) => {
    expect((await failureOf({ name: '', run: { command } })).code).toBe('PIPES_OPTION_INVALID');
  });

  test.each([{ stdio: 'inherit' as 'forward' }, { terminationGraceMs: -1 }, { captureBytes: Number.NaN }])(
    'a wrong option is refused: %j',
    (options) => {
      expect(() => new PipesSubprocessClient(options)).toThrow(/PIPES_OPTION_INVALID/);
    },
  );
});

describe('cancelling', () => {
  test('before the launch launches nothing', async () => {
    const context = new WatchedContext({ signal: AbortSignal.abort(new Error('too late')) });
    const error = await failureOf({ name: 'succeed', context });
    expect(error.code).toBe('PIPES_CANCELLED');
    expect(error.message).toMatch(/too late\. It was not launched/);
    expect(context.logged).toEqual([]);
  });

  test('lets a process clean up, and reads what it says meanwhile', async () => {
    const controller = new AbortController();
    const context = new WatchedContext();
    const run = failureOf({ name: 'wait for SIGTERM', context, run: { signal: controller.signal } });
    await context.until(() => context.logged.includes('info ready'));
    controller.abort(new Error('the user said so'));
    const error = await run;
    expect(error.code).toBe('PIPES_CANCELLED');
    expect(error.message).toMatch(/the user said so\. It was terminated/);
    expect(isRunning(pidIn(context))).toBe(false);
  });

  test('kills a process that ignores SIGTERM, after the grace period', async () => {
    const controller = new AbortController();
    const context = new WatchedContext({ signal: controller.signal });
    const run = failureOf({ name: 'ignore SIGTERM', context, client: { terminationGraceMs: 100 } });
    await context.until(() => context.logged.includes('info ready'));
    controller.abort();
    expect((await run).code).toBe('PIPES_CANCELLED');
    expect(isRunning(pidIn(context))).toBe(false);
  });

  test('ends what the process started too, however stubborn', async () => {
    const controller = new AbortController();
    const context = new WatchedContext();
    const client = { terminationGraceMs: 200 };
    const run = failureOf({ name: 'fork and wait', context, client, run: { signal: controller.signal } });
    await context.until(() => /grandchild \d+\n/.test(context.printed.stdout));
    const grandchild = Number(/grandchild (\d+)/.exec(context.printed.stdout)?.[1]);
    controller.abort();
    expect((await run).message).toMatch(/It was terminated, with all it started/);
    expect(isRunning(grandchild)).toBe(false);
  });

  test('by the time limit says so', async () => {
    const error = await failureOf({ name: 'wait for SIGTERM', run: { timeoutMs: 300 } });
    expect(error.code).toBe('PIPES_CANCELLED');
    expect(error.message).toMatch(/it ran for 300 ms, its time limit/);
  });
});

describe('when this process exits', () => {
  const parent = fileURLToPath(new URL('fixtures/exiting-parent.ts', import.meta.url));

  test.each([
    ['by exit()', 'exit', { code: 7, signal: null }],
    ['by a signal', 'signal', { code: null, signal: 'SIGTERM' }],
  ])('%s, the process it launched is terminated', async (_, way, expected) => {
    const orchestrator = spawn(process.execPath, [parent, way], {
      // Its sessions are left open, for another orchestrator to resume: their files stay.
      env: { ...process.env, TMPDIR: directory },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    orchestrator.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code, signal] = (await once(orchestrator, 'close')) as [number | null, string | null];
    expect({ code, signal }).toEqual(expected);
    const pid = Number(said);
    // The signal was sent before the parent exited; how soon it is obeyed is up to the system.
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  });
});
