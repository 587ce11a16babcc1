import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { asset, define, execute, instance, resource } from 'pipes-runtime';
import { expect, test } from 'vitest';
import { eventsOf } from './events.ts';
import { moving } from './storages.ts';

const aborted = async (signal: AbortSignal): Promise<never> => {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
};

test('cancelling stops the steps that run, starts no more, and disposes what they used', async () => {
  const controller = new AbortController();
  let isClosed = false;
  const db = resource({ create: () => ({ [Symbol.dispose]: () => void (isClosed = true) }) });
  const quick = asset('quick', { run: () => 1 });
  const slow = asset('slow', {
    resources: { db },
    async run(ctx) {
      controller.abort(new Error('enough'));
      await aborted(ctx.signal);
    },
  });
  const behind = asset('behind', { deps: [slow], run: () => 1 });
  const run = await execute(define({ assets: [quick, slow, behind], resources: { db } }), {
    signal: controller.signal,
  });
  expect(run.success).toBe(false);
  expect(run.record.status).toBe('CANCELED');
  expect(isClosed).toBe(true);
  expect(run.summary.steps.get('slow')).toMatchObject({ status: 'failed', error: { message: 'enough' } });
  expect((await eventsOf(run)).find((event) => event.type === 'STEP_FAILURE')).toMatchObject({ source: 'interrupt' });
  expect((await eventsOf(run)).find((event) => event.type === 'STEP_ABANDONED')).toMatchObject({
    stepKey: 'behind',
    because: [],
  });
  const types = (await eventsOf(run)).map((event) => event.type);
  expect(types.indexOf('RUN_CANCELING')).toBeLessThan(types.indexOf('STEP_FAILURE'));
  expect(types.at(-1)).toBe('RUN_CANCELED');
});

test('a step that ignores its signal is given up after the grace, and what it does later is not recorded', async () => {
  const controller = new AbortController();
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let late: Promise<unknown> | undefined;
  const deaf = asset('deaf', {
    async run(ctx) {
      controller.abort(new Error('enough'));
      await finished;
      ctx.log.info('too late');
      late = ctx.report({ assetKey: 'deaf' }).catch((error: unknown) => error);
      await late;
    },
  });
  await using own = instance.ephemeral();
  const run = await execute(define({ assets: [deaf] }), {
    signal: controller.signal,
    cancelGraceMs: 20,
    instance: own,
  });
  expect(run.record.status).toBe('CANCELED');
  expect(run.summary.steps.get('deaf')?.error?.message).toMatch(
    /did not within 20 ms: it was given up, .* \[PIPES_RUN_CANCELED\]/,
  );
  finish();
  await sleep(0);
  expect(String(await late)).toContain('reported something after it had ended');
  const { events } = await own.events.forRun(run.record.run.runId, { limit: 100 });
  expect(events.at(-1)?.type).toBe('RUN_CANCELED');
});

test('a run that is cancelled before it starts runs nothing', async () => {
  let ran = 0;
  const project = define({ assets: [asset('a', { run: () => (ran += 1) })] });
  const run = await execute(project, { signal: AbortSignal.abort() });
  expect([run.record.status, ran]).toEqual(['CANCELED', 0]);
  expect(run.summary.steps.get('a')?.status).toBe('abandoned');
});

test('a run whose steps all succeed although it was cancelled has succeeded', async () => {
  const controller = new AbortController();
  const project = define({ assets: [asset('a', { run: () => controller.abort() })] });
  const run = await execute(project, { signal: controller.signal });
  expect(run.record.status).toBe('SUCCESS');
  expect((await eventsOf(run)).map((event) => event.type)).toContain('RUN_CANCELING');
});

test('with throwOnError a cancelled run rejects as such', async () => {
  const project = define({ assets: [asset('a', { run: () => 1 })] });
  await expect(execute(project, { signal: AbortSignal.abort(), throwOnError: true })).rejects.toMatchObject({
    code: 'PIPES_RUN_CANCELED',
  });
});

test('a run that somebody else ended stays as it was ended, and that is recorded', async () => {
  await using own = instance.ephemeral();
  const project = define({
    assets: [
      asset('a', { run: (ctx) => own.runs.transition(ctx.runId, 'CANCELED', new Date()).then(() => undefined) }),
    ],
  });
  const run = await execute(project, { instance: own });
  expect(run.record.status).toBe('CANCELED');
  expect((await eventsOf(run)).at(-1)).toMatchObject({
    type: 'ENGINE_EVENT',
    message: 'The run was to become SUCCESS, but it is CANCELED already.',
  });
});

test('a step that failed is told to stop what it left running', async () => {
  let isStopped = false;
  const careless = asset('careless', {
    async run(ctx) {
      const left = aborted(ctx.signal).catch(() => {
        isStopped = true;
      });
      await Promise.all([left, Promise.reject(new Error('no'))]);
    },
  });
  await execute(define({ assets: [careless] }));
  expect(isStopped).toBe(true);
});

test('a run that somebody else ended starts nothing more when it is cancelled', async () => {
  await using own = instance.ephemeral();
  const controller = new AbortController();
  let ran = 0;
  const first = asset('first', {
    async run(ctx) {
      await own.runs.transition(ctx.runId, 'CANCELED', new Date());
      controller.abort();
      await aborted(ctx.signal).catch(() => undefined);
    },
  });
  const second = asset('second', { deps: [first], run: () => (ran += 1) });
  const run = await execute(define({ assets: [first, second] }), { instance: own, signal: controller.signal });
  expect(ran).toBe(0);
  expect(run.summary.steps.get('second')?.status).toBe('abandoned');
  expect((await eventsOf(run)).map((event) => event.type)).not.toContain('RUN_CANCELING');
});

test('the end of a run waits until its cancelling is recorded', async () => {
  await using own = instance.ephemeral();
  const controller = new AbortController();
  const runs = moving(own.runs, async (runId, to, at) => {
    if (to === 'CANCELING') await sleep(10);
    return await own.runs.transition(runId, to, at);
  });
  const project = define({ assets: [asset('a', { run: () => controller.abort() })] });
  const run = await execute(project, { instance: { ...own, runs }, signal: controller.signal });
  expect((await eventsOf(run)).map((event) => event.type).slice(-2)).toEqual(['RUN_CANCELING', 'RUN_SUCCESS']);
});
