import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  applyEvents,
  asset,
  define,
  emptySummary,
  execute,
  instance,
  type RunEvent,
  staticPartitions,
} from 'pipes-runtime';
import { expect, test } from 'vitest';
import { eventsOf } from './events.ts';
import { appending, moving } from './storages.ts';

test('a step that never stops logging over a slow log holds up neither other steps nor its cancelling', async () => {
  await using own = instance.ephemeral();
  const controller = new AbortController();
  const events = appending(own.events, async (batch) => {
    await sleep(2);
    return await own.events.append(batch);
  });
  const chatty = asset('chatty', {
    async run(ctx) {
      for (; !ctx.signal.aborted; await nextTurn()) ctx.log.info('still here');
    },
  });
  const first = asset('first', { run: () => 1 });
  const second = asset('second', { deps: [first], run: () => controller.abort(new Error('enough')) });
  const project = define({ assets: [chatty, first, second] });
  const run = await execute(project, { instance: { ...own, events }, signal: controller.signal });
  expect(run.summary.steps.get('second')?.status).toBe('success');
  expect((await eventsOf(run)).filter((event) => event.type === 'LOG').length).toBeGreaterThan(10);
});

test('cancelling stops what runs at once, and starts nothing, also while the storage thinks about it', async () => {
  await using own = instance.ephemeral();
  const controller = new AbortController();
  const stopped = Promise.withResolvers<void>();
  let started = 0;
  const runs = moving(own.runs, async (runId, to, at) => {
    // Would wait for ever if the step were told only afterwards.
    if (to === 'CANCELING') await stopped.promise;
    return await own.runs.transition(runId, to, at);
  });
  const first = asset('first', {
    async run(ctx) {
      ctx.signal.addEventListener('abort', () => stopped.resolve());
      controller.abort();
      await stopped.promise;
    },
  });
  const others = [1, 2, 3].map((n) => asset(`after${n}`, { deps: [first], run: () => (started += 1) }));
  const project = define({ assets: [first, ...others] });
  const run = await execute(project, { instance: { ...own, runs }, signal: controller.signal });
  expect([run.record.status, started]).toEqual(['CANCELED', 0]);
  expect(run.summary.steps.get('after3')?.status).toBe('abandoned');
});

test('a storage that breaks when the run is cancelled: nothing starts any more, and log and record agree on the end', async () => {
  await using own = instance.ephemeral();
  const controller = new AbortController();
  let started = 0;
  const runs = moving(own.runs, (runId, to, at) =>
    to === 'CANCELING' ? Promise.reject(new Error('the database is gone')) : own.runs.transition(runId, to, at),
  );
  const first = asset('first', {
    async run() {
      controller.abort();
      await sleep(5);
    },
  });
  const others = [1, 2, 3].map((n) => asset(`after${n}`, { deps: [first], run: () => (started += 1) }));
  const project = define({ assets: [first, ...others] });
  await expect(execute(project, { instance: { ...own, runs }, signal: controller.signal })).rejects.toMatchObject({
    code: 'PIPES_RUN_FAILED',
    cause: { message: 'the database is gone' },
  });
  expect(started).toBe(0);
  const [record] = (await own.runs.list({}, { limit: 1 })).records;
  expect(record?.status).toBe('FAILURE');
  const seen: RunEvent[] = [];
  for await (const { event } of own.events.watch(record?.run.runId ?? '')) seen.push(event);
  const summary = applyEvents(emptySummary, seen);
  expect(summary.status).toBe('FAILURE');
  expect(summary.failure).toMatchObject({ reason: 'RUN_EXCEPTION', error: { message: 'the database is gone' } });
  expect(summary.steps.get('after1')?.status).toBe('abandoned');
});

test('a storage that moves no run to its end: those who watch the log are told all the same', async () => {
  await using own = instance.ephemeral();
  const ends: readonly string[] = ['SUCCESS', 'FAILURE'];
  const runs = moving(own.runs, (runId, to, at) =>
    ends.includes(to) ? Promise.reject(new Error('read only')) : own.runs.transition(runId, to, at),
  );
  const seen: string[] = [];
  const project = define({ assets: [asset('a', { run: () => 1 })] });
  const working = execute(project, { instance: { ...own, runs }, onEvent: (event) => seen.push(event.type) });
  await expect(working).rejects.toThrow(
    'could not be recorded: read only. Its status could not be set to FAILURE either.',
  );
  expect(seen.at(-1)).toBe('RUN_FAILURE');
});

test.each(['STARTING', 'STARTED'] as const)(
  'a run that somebody cancelled before it was %s runs nothing',
  async (to) => {
    await using own = instance.ephemeral();
    let ran = 0;
    const runs = moving(own.runs, async (runId, wanted, at) => {
      if (wanted === to) await own.runs.transition(runId, 'CANCELED', at);
      return await own.runs.transition(runId, wanted, at);
    });
    const project = define({ assets: [asset('a', { run: () => (ran += 1) })] });
    const run = await execute(project, { instance: { ...own, runs } });
    expect([run.record.status, run.success, ran]).toEqual(['CANCELED', false, 0]);
    expect((await eventsOf(run)).at(-1)).toMatchObject({
      type: 'ENGINE_EVENT',
      message: `The run was to become ${to}, but it is CANCELED already.`,
    });
    await expect(execute(project, { instance: { ...own, runs }, throwOnError: true })).rejects.toMatchObject({
      code: 'PIPES_RUN_CANCELED',
    });
  },
);

test('more events at once than a call has room for arguments', async () => {
  const partitions = staticPartitions(Array.from({ length: 150_000 }, (_, index) => `${index}`));
  const run = await execute(define({ assets: [asset('a', { partitions, run: () => 1 })] }), {
    partition: '0...149999',
  });
  expect(run.summary.materializations).toHaveLength(150_000);
  const made = (await eventsOf(run)).filter((event) => event.type === 'ASSET_MATERIALIZATION');
  expect(made).toEqual(run.summary.materializations);
});
