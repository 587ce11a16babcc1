import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PipesContextData } from 'pipes-external/protocol';
import { type InjectedContext, type PipesError, PipesTempFileContextInjector } from '../src/index.ts';
import { failureOf, isRunning, pidIn, type Story, tell } from './subprocess-story.ts';
import { WatchedContext } from './watched-context.ts';

async function cancelWhen(
  story: Story & { readonly context: WatchedContext },
  isTime: () => boolean,
): Promise<PipesError> {
  const controller = new AbortController();
  const run = failureOf({ ...story, run: { ...story.run, signal: controller.signal } });
  await story.context.until(isTime).finally(() => controller.abort(new Error('the user said so')));
  return await run;
}

describe('cancelling', () => {
  test('before the launch launches nothing', async () => {
    const context = new WatchedContext({ signal: AbortSignal.abort(new Error('too late')) });
    const error = await failureOf({ name: 'succeed', context });
    expect(error.code).toBe('PIPES_CANCELLED');
    expect(error.message).toMatch(/too late\. It was not launched/);
    expect(context.logged).toEqual([]);
  });

  test('while its context is injected launches nothing', async () => {
    const controller = new AbortController();
    class Injector extends PipesTempFileContextInjector {
      override async injectContext(context: PipesContextData): Promise<InjectedContext> {
        const injected = await super.injectContext(context);
        controller.abort(new Error('too late'));
        return injected;
      }
    }
    const context = new WatchedContext({ signal: controller.signal });
    const error = await failureOf({ name: 'succeed', context, client: { contextInjector: new Injector() } });
    expect(error.message).toMatch(/too late\. It was not launched/);
    expect(context.logged).toEqual([]);
  });

  test('lets a process clean up', async () => {
    const context = new WatchedContext();
    const error = await cancelWhen({ name: 'wait for SIGTERM', context }, () => context.logged.includes('info ready'));
    expect(error.code).toBe('PIPES_CANCELLED');
    expect(error.message).toMatch(/the user said so\. It was terminated/);
    expect(context.logged).toContain('info cleaning up');
    expect(isRunning(pidIn(context))).toBe(false);
  });

  test('kills a process that ignores SIGTERM, after the grace period', async () => {
    const context = new WatchedContext();
    const story = { name: 'ignore SIGTERM', context, client: { terminationGraceMs: 100 } };
    const error = await cancelWhen(story, () => context.logged.includes('info ready'));
    expect(error.code).toBe('PIPES_CANCELLED');
    expect(isRunning(pidIn(context))).toBe(false);
  });

  test('ends what the process started too, however stubborn', async () => {
    const context = new WatchedContext();
    const story = { name: 'fork and wait', context, client: { terminationGraceMs: 200 } };
    const error = await cancelWhen(story, () => /grandchild \d+\n/.test(context.printed.stdout));
    expect(error.message).toMatch(/It was terminated, with all it started/);
    expect(isRunning(Number(/grandchild (\d+)/.exec(context.printed.stdout)?.[1]))).toBe(false);
  });

  test('by the signal of the step is the same', async () => {
    const controller = new AbortController();
    const context = new WatchedContext({ signal: controller.signal });
    const run = failureOf({ name: 'wait for SIGTERM', context });
    await context.until(() => context.logged.includes('info ready')).finally(() => controller.abort());
    expect((await run).code).toBe('PIPES_CANCELLED');
    expect(isRunning(pidIn(context))).toBe(false);
  });

  test('by the time limit says so', async () => {
    const error = await failureOf({ name: 'wait for SIGTERM', run: { timeoutMs: 300 } });
    expect(error.code).toBe('PIPES_CANCELLED');
    expect(error.message).toMatch(/it ran for 300 ms, its time limit/);
  });
});

/** As many lines as fit into 20 s: bounded, so that a test that fails leaves nothing behind. */
const CHATTER = 'i=0; while [ $i -lt 2000 ] && echo chatter; do sleep 0.01; i=$((i+1)); done';
const silent = { strictness: 'dagster', stdio: 'capture' } as const;

describe('a process whose output outlives it', () => {
  test.each([
    ['slowly', CHATTER],
    ['without a pause', 'yes'],
  ])('because something prints %s, is waited for no longer than a moment', async (_, printing) => {
    const run = { command: ['sh', '-c', `(${printing}) & echo mine; exit 0`] };
    await expect(tell({ name: '', client: silent, run })).resolves.toBeDefined();
  });

  test('is cancelled all the same', async () => {
    const run = { command: ['sh', '-c', `setsid sh -c '${CHATTER}' & exec sleep 30`], timeoutMs: 300 };
    expect((await failureOf({ name: '', client: silent, run })).code).toBe('PIPES_CANCELLED');
  });

  test('is cancelled also where its host hangs', async () => {
    const controller = new AbortController();
    const output = async (): Promise<void> => {
      controller.abort(new Error('enough'));
      await new Promise(() => {});
    };
    const context = Object.assign(new WatchedContext(), { output });
    const run = { command: ['sh', '-c', 'echo hello'], signal: controller.signal };
    const client = { strictness: 'dagster' } as const;
    expect((await failureOf({ name: '', context, client, run })).code).toBe('PIPES_CANCELLED');
  });
});

test('a process that was killed is gone, also where this one can open no more files', async () => {
  const host = fileURLToPath(new URL('fixtures/crowded-host.ts', import.meta.url));
  const { stdout } = await execa('sh', ['-c', `ulimit -n 80 && exec "$0" "$1"`, process.execPath, host]);
  const { message, grandchild } = JSON.parse(stdout) as { readonly message: string; readonly grandchild: number };
  expect(message).toMatch(/It was terminated, with all it started/);
  expect(isRunning(grandchild)).toBe(false);
});

describe('when this process exits', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'pipes-test-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

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
