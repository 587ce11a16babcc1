import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  openPipesSession,
  type PipesExecutionContext,
  PipesSubprocessClient,
  type PipesSubprocessRunOptions,
} from 'pipes-orchestrator';
import { asset, assetCheck, define, execute, multiAsset, type RunEvent, staticPartitions } from 'pipes-runtime';
import { expect, test } from 'vitest';
import { eventsOf } from './events.ts';

const WORKER = fileURLToPath(new URL('fixtures/worker.mjs', import.meta.url));
type Actions = readonly (readonly [string, unknown?])[];

const client = new PipesSubprocessClient();
/** What failing processes print is of no interest here. */
const quiet = { onOutput: (): void => undefined };

/** What launches the worker, to do these things. */
function doing(context: PipesExecutionContext, actions: Actions): PipesSubprocessRunOptions {
  return { context, command: [process.execPath, WORKER], extras: { do: actions } };
}

const of = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** Resolves when a process is gone, which its launcher has made sure of or the test fails by its deadline. */
async function gone(pid: number): Promise<void> {
  while (!isGone(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('what an external process reports, logs and prints for an asset lands in the run', async () => {
  const raw = asset('raw', {
    checks: [{ name: 'rows' }],
    async run(ctx) {
      const invocation = await client.run(
        doing(ctx, [
          ['log', 'careful'],
          ['print', 'hello\n'],
          ['materialize', { metadata: { rows: 12 }, dataVersion: 'v1' }],
          ['check', { checkName: 'rows', passed: false, severity: 'WARN', metadata: { missing: 1 } }],
        ]),
      );
      return invocation.getMaterializeResult();
    },
  });
  const printed: string[] = [];
  const run = await execute(define({ assets: [raw] }), {
    onOutput: (stepKey, stream, text) => void printed.push(`${stepKey} ${stream} ${text}`),
  });
  expect(run.summary.failure).toBeNull();
  expect(run.summary.materializations).toMatchObject([
    {
      assetKey: 'raw',
      dataVersion: 'v1',
      metadata: { rows: { type: 'int', value: 12 }, 'subprocess/exit_code': { type: 'int', value: 0 } },
    },
  ]);
  expect(run.summary.checks).toMatchObject([{ assetKey: 'raw', checkName: 'rows', passed: false, severity: 'WARN' }]);
  expect(of(await eventsOf(run), 'LOG')).toContainEqual(
    expect.objectContaining({ stepKey: 'raw', level: 'warning', message: 'careful' }),
  );
  expect(printed.join('')).toContain('raw stdout hello\n');
});

test('an external process knows the run, the job, the attempt and the partition that it works for', async () => {
  const yearly = asset('yearly', {
    partitions: staticPartitions(['2012', '2013']),
    run: async (ctx) => (await client.run(doing(ctx, [['context']]))).getMaterializeResult(),
  });
  const run = await execute(define({ assets: [yearly] }), { partition: '2013', jobName: 'nightly' });
  expect(run.summary.materializations).toMatchObject([
    {
      partition: '2013',
      metadata: {
        run: { value: run.record.run.runId },
        job: { value: 'nightly' },
        retry: { value: 0 },
        partition: { value: '2013' },
      },
    },
  ]);
});

test('a multi-asset that streams records what is reported while the process still runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pipes-runtime-'));
  const goOn = join(folder, 'go-on');
  const pair = multiAsset('pair', {
    specs: [{ key: 'left' }, { key: 'right', checks: [{ name: 'ok' }] }],
    async *run(ctx) {
      yield* client.stream(
        doing(ctx, [
          ['materialize', { assetKey: 'left' }],
          // The process ends only when the run has seen what came before.
          ['wait', goOn],
          ['materialize', { assetKey: 'right', metadata: { n: 1 } }],
          ['check', { assetKey: 'right', checkName: 'ok', passed: true }],
        ]),
      );
    },
  });
  const released: Promise<void>[] = [];
  try {
    const run = await execute(define({ assets: [pair, asset('after', { deps: ['right'], run: () => 1 })] }), {
      onEvent(event) {
        if (event.type === 'ASSET_MATERIALIZATION' && event.assetKey === 'left') released.push(writeFile(goOn, ''));
      },
    });
    await Promise.all(released);
    expect(run.summary.failure).toBeNull();
    expect(run.summary.materializations.map((each) => each.assetKey)).toEqual(['left', 'right', 'after']);
    expect(run.summary.checks).toMatchObject([{ assetKey: 'right', checkName: 'ok', passed: true }]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a session that a multi-asset opens itself streams too, whatever launched the process', async () => {
  const pair = multiAsset('pair', {
    specs: [{ key: 'left' }, { key: 'right' }],
    async *run(ctx) {
      const extras = {
        do: [
          ['materialize', { assetKey: 'left' }],
          ['materialize', { assetKey: 'right' }],
        ],
      };
      await using session = await openPipesSession({ context: ctx, extras });
      const child = spawn(process.execPath, [WORKER], { env: { ...process.env, ...session.getBootstrapEnvVars() } });
      yield* session.results({ until: once(child, 'exit') });
    },
  });
  const run = await execute(define({ assets: [pair] }), quiet);
  expect(run.summary.failure).toBeNull();
  expect(run.summary.materializations.map((each) => each.assetKey)).toEqual(['left', 'right']);
});

test('a check that is done by an external process', async () => {
  const raw = asset('raw', { run: () => 1 });
  const check = assetCheck(raw, {
    name: 'sane',
    async run(ctx) {
      const actions: Actions = [['check', { checkName: 'sane', passed: false, metadata: { worst: 7 } }]];
      return (await client.run(doing(ctx, actions))).getAssetCheckResult();
    },
  });
  const run = await execute(define({ assets: [raw], checks: [check] }), quiet);
  expect(run.summary.failure).toBeNull();
  expect(run.summary.checks).toMatchObject([
    { assetKey: 'raw', checkName: 'sane', passed: false, metadata: { worst: { value: 7 } } },
  ]);
});

test('an external process that fails fails its step, with its own error as the cause', async () => {
  const raw = asset('raw', {
    run: async (ctx) => (await client.run(doing(ctx, [['fail', 'out of range']]))).getMaterializeResult(),
  });
  const run = await execute(define({ assets: [raw, asset('after', { deps: [raw], run: () => 1 })] }), quiet);
  expect(run.record.status).toBe('FAILURE');
  const [failure] = of(await eventsOf(run), 'STEP_FAILURE');
  expect(failure?.error.message).toContain('PIPES_PROCESS_FAILED');
  expect(failure?.error.cause).toMatchObject({
    name: 'RangeError',
    message: 'out of range',
    cause: { message: 'the root of it' },
  });
  expect(failure?.error.cause?.stack.join('')).toContain('worker.mjs');
  expect(run.summary.steps.get('after')?.status).toBe('abandoned');
});

test('a stream keeps what came before its process failed', async () => {
  const pair = multiAsset('pair', {
    specs: [{ key: 'left' }, { key: 'right' }],
    async *run(ctx) {
      yield* client.stream(
        doing(ctx, [
          ['materialize', { assetKey: 'left' }],
          ['fail', 'no'],
        ]),
      );
    },
  });
  const run = await execute(define({ assets: [pair] }), quiet);
  expect(run.summary.steps.get('pair')?.status).toBe('failed');
  expect(run.summary.materializations.map((each) => each.assetKey)).toEqual(['left']);
});

test('results that a step leaves in its session fail it, with what to do', async () => {
  const raw = asset('raw', {
    async run(ctx) {
      await client.run(doing(ctx, [['materialize', { metadata: { rows: 1 } }]]));
    },
  });
  const run = await execute(define({ assets: [raw] }), quiet);
  expect(run.summary.steps.get('raw')?.error?.message).toMatch(
    /^asset "raw" left 1 reported result in its session\. Return them, .*getMaterializeResult.* \[PIPES_STEP_RESULT_INVALID\]$/,
  );
  expect(run.summary.materializations).toEqual([]);
});

test('results that are lost with a step that failed are named', async () => {
  const raw = asset('raw', {
    async run(ctx) {
      await client.run(
        doing(ctx, [
          ['materialize', {}],
          ['fail', 'no'],
        ]),
      );
    },
  });
  const run = await execute(define({ assets: [raw] }), quiet);
  expect(of(await eventsOf(run), 'LOG').map((event) => event.message)).toContain(
    'The step failed before it took 1 reported result from its session: not recorded.',
  );
});

test('a session that a step leaves open is closed, and judged', async () => {
  const raw = asset('raw', {
    async run(ctx) {
      await openPipesSession({ context: ctx });
    },
  });
  const run = await execute(define({ assets: [raw] }), quiet);
  expect(run.summary.steps.get('raw')?.error?.message).toContain('PIPES_SESSION_FAILED');
});

test('cancelling a run ends its external processes', async () => {
  const controller = new AbortController();
  const slow = multiAsset('slow', {
    specs: [{ key: 'first' }, { key: 'second' }],
    async *run(ctx) {
      yield* client.stream(doing(ctx, [['context', 'first'], ['hang']]));
    },
  });
  const run = await execute(define({ assets: [slow] }), {
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type === 'ASSET_MATERIALIZATION') controller.abort(new Error('enough'));
    },
  });
  expect(run.record.status).toBe('CANCELED');
  expect(of(await eventsOf(run), 'STEP_FAILURE')).toMatchObject([{ source: 'interrupt' }]);
  expect(of(await eventsOf(run), 'STEP_FAILURE')[0]?.error.message).toContain('PIPES_CANCELLED');
  const pid = run.summary.materializations[0]?.metadata['pid']?.value;
  expect(pid).toBeTypeOf('number');
  expect(isGone(Number(pid))).toBe(true);
});

test('what a step that failed left running is stopped', async () => {
  let pid = 0;
  const both = multiAsset('both', {
    specs: [{ key: 'a' }],
    async run(ctx) {
      const launched = Promise.withResolvers<void>();
      const context: PipesExecutionContext = {
        ...ctx,
        output: (_stream, text) => {
          pid = Number(text);
          launched.resolve();
        },
      };
      const left = client.run({
        context,
        command: [process.execPath, '-e', 'console.log(process.pid); setTimeout(() => {}, 600_000)'],
      });
      const failing = launched.promise.then(() => Promise.reject(new Error('the other one failed')));
      await Promise.all([left, failing]);
    },
  });
  const run = await execute(define({ assets: [both] }), quiet);
  expect(run.summary.steps.get('both')?.error?.message).toBe('the other one failed');
  expect(pid).toBeGreaterThan(0);
  await gone(pid);
});
