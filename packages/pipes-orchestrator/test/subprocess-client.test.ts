import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type PipesExecutionResult,
  PipesStdioMessageReader,
  PipesSubprocessClient,
  type PipesSubprocessRunOptions,
  PipesTempFileMessageReader,
} from '../src/index.ts';
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

describe('a stream of results', () => {
  test('may be taken slowly: the time limit is that of the process', async () => {
    const context = new WatchedContext({ assetKeys: ['a', 'b'] });
    const timeoutMs = 2_000;
    const keys: string[] = [];
    for await (const { assetKey } of new PipesSubprocessClient().stream(
      optionsOf({ name: 'succeed', context, run: { timeoutMs } }),
    )) {
      if (keys.length === 0) await pause(timeoutMs);
      keys.push(assetKey);
    }
    expect(keys).toEqual(['a', 'b']);
  });

  test('is there once', async () => {
    const invocation = new PipesSubprocessClient().stream(optionsOf({ name: 'succeed' }));
    const keys: string[] = [];
    for await (const { assetKey } of invocation) {
      keys.push(assetKey);
      await expect(invocation[Symbol.asyncIterator]().next()).rejects.toThrow(/taken by another loop/);
    }
    expect(keys).toEqual(['a']);
  });
});

describe('a host that throws', () => {
  const fail = (): never => {
    throw new Error('the log is full');
  };

  test('has its process seen to, and fails the session', async () => {
    const log = { debug: fail, info: fail, warning: fail, error: fail, critical: fail };
    const context = Object.assign(new WatchedContext(), { log });
    const error = await failureOf({ name: 'succeed', context });
    expect(error.code).toBe('PIPES_SESSION_FAILED');
    expect(error.message).toContain('the log is full');
  });

  test('also where it is a reader that is told of the launch', async () => {
    class Reader extends PipesTempFileMessageReader {
      override onLaunched(): void {
        throw new Error('no such log group');
      }
    }
    const invocation = await tell({ name: 'succeed', client: { messageReader: new Reader(), strictness: 'dagster' } });
    expect(invocation.session.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('no such log group'),
    ]);
  });

  test('also where it is a channel that is fed: its process does not outlive the run', async () => {
    class Reader extends PipesStdioMessageReader {
      override async readMessages(...given: Parameters<PipesStdioMessageReader['readMessages']>) {
        const channel = await super.readMessages(...given);
        return Object.assign(channel, { consume: async () => fail() });
      }
    }
    const context = new WatchedContext();
    const client = { messageReader: new Reader({ stream: 'stdout' }), terminationGraceMs: 100 };
    const run = { command: ['sleep', '60'] };
    await expect(tell({ name: '', context, client, run })).rejects.toThrow('the log is full');
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

  test.each<[string, object]>([
    ['stdio', { stdio: 'inherit' }],
    ['terminationGraceMs', { terminationGraceMs: -1 }],
    ['captureBytes', { captureBytes: Number.NaN }],
    ['inheritEnv', { inheritEnv: 'PATH' }],
    ['inheritEnv', { inheritEnv: [1] }],
    ['strictness', { strictness: 'lax' }],
    ['contextInjector', { contextInjector: {} }],
    ['messageReader', { messageReader: 'file' }],
  ])('a wrong option is refused at once: %s of %j', (name, options) => {
    expect(() => new PipesSubprocessClient(options)).toThrow(
      new RegExp(`PipesSubprocessClient: the option "${name}" must be .*PIPES_OPTION_INVALID`),
    );
  });

  test.each<[string, unknown]>([
    ['options', undefined],
    ['context', {}],
    ['command', { context: { runId: 'x' } }],
    ['args', { context: { runId: 'x' }, command: 'true', args: 'x' }],
    ['signal', { context: { runId: 'x' }, command: 'true', signal: 1 }],
    ['timeoutMs', { context: { runId: 'x' }, command: 'true', timeoutMs: '5' }],
  ])('and so is what is wrong in a launch: %s', async (name, options) => {
    const launch = (): unknown => new PipesSubprocessClient().stream(options as PipesSubprocessRunOptions);
    expect(launch).toThrow(new RegExp(`Cannot launch a subprocess: the option "${name}" must be`));
  });
});
