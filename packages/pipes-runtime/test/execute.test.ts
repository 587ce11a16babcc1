import { setTimeout as sleep } from 'node:timers/promises';
import { asset, assetCheck, define, execute, instance, multiAsset, type RunEvent, result } from 'pipes-runtime';
import { expect, test } from 'vitest';
import { eventsOf } from './events.ts';
import { appending } from './storages.ts';

/** Events as short words: `STEP_START a`. */
const words = (events: readonly RunEvent[]): readonly string[] =>
  events
    .filter((event) => event.type !== 'ENGINE_EVENT')
    .map((event) => ('stepKey' in event && event.stepKey !== null ? `${event.type} ${event.stepKey}` : event.type));

test('a diamond: each asset runs once, after what it needs, with the values that it asked for', async () => {
  const order: string[] = [];
  const note = <T>(name: string, value: T): T => {
    order.push(name);
    return value;
  };
  const raw = asset('raw', { run: () => note('raw', [3, 1, 2]) });
  const sorted = asset('sorted', {
    inputs: { raw },
    run: async (_ctx, inputs) =>
      note(
        'sorted',
        inputs.raw.toSorted((a, b) => a - b),
      ),
  });
  const sum = asset('sum', {
    inputs: { numbers: raw },
    run: (_ctx, { numbers }) =>
      note(
        'sum',
        numbers.reduce((a, b) => a + b),
      ),
  });
  const report = asset('report', {
    inputs: { sorted, sum },
    run: (_ctx, inputs) => note('report', `${inputs.sorted.join(',')}=${inputs.sum}`),
  });
  const run = await execute(define({ assets: [report, sum, sorted, raw] }));
  expect(run.success).toBe(true);
  expect(run.output(report)).toBe('1,2,3=6');
  expect(order.toSorted()).toEqual(['raw', 'report', 'sorted', 'sum']);
  expect([order[0], order[3]]).toEqual(['raw', 'report']);
});

test('the events of a run come in the order that readers rely on, and the log, the callback and the result agree', async () => {
  const raw = asset('raw', {
    checks: [{ name: 'rows' }],
    run(ctx) {
      ctx.log.warning('careful');
      return result({
        value: 1,
        metadata: { rows: 1 },
        dataVersion: 'v1',
        checks: [{ checkName: 'rows', passed: true }],
      });
    },
  });
  const sane = assetCheck(raw, { name: 'sane', run: (_ctx, value) => ({ passed: value > 1, severity: 'WARN' }) });
  await using own = instance.ephemeral();
  const heard: RunEvent[] = [];
  const run = await execute(define({ assets: [raw], checks: [sane] }), {
    instance: own,
    onEvent: (event) => heard.push(event),
  });
  expect(words(await eventsOf(run))).toEqual([
    'ASSET_MATERIALIZATION_PLANNED raw',
    'ASSET_CHECK_EVALUATION_PLANNED raw',
    'ASSET_CHECK_EVALUATION_PLANNED check:raw:sane',
    'RUN_STARTING',
    'RUN_START',
    'STEP_START raw',
    'LOG raw',
    'ASSET_MATERIALIZATION raw',
    'ASSET_CHECK_EVALUATION raw',
    'STEP_SUCCESS raw',
    'STEP_START check:raw:sane',
    'ASSET_CHECK_EVALUATION check:raw:sane',
    'STEP_SUCCESS check:raw:sane',
    'RUN_SUCCESS',
  ]);
  const stored = await own.events.forRun(run.record.run.runId, { limit: 1000 });
  expect(stored.events).toEqual(await eventsOf(run));
  expect(heard).toEqual(await eventsOf(run));
  expect(await own.runs.get(run.record.run.runId)).toEqual(run.record);
  expect(run.record).toMatchObject({ status: 'SUCCESS', run: { jobName: 'assets', assetSelection: ['raw'] } });
  expect(run.summary).toMatchObject({
    status: 'SUCCESS',
    materializations: [{ assetKey: 'raw', dataVersion: 'v1', metadata: { rows: { type: 'int', value: 1 } } }],
    checks: [
      { checkName: 'rows', passed: true, severity: 'ERROR' },
      { checkName: 'sane', passed: false, severity: 'WARN' },
    ],
  });
});

test('a failure abandons what is downstream, while what does not need it goes on', async () => {
  const cause = new Error('the disk is full');
  const bad = asset('bad', {
    run(): number {
      throw new TypeError('cannot write', { cause });
    },
  });
  const behind = asset('behind', { inputs: { bad }, run: (_ctx, inputs) => inputs.bad });
  const far = asset('far', { deps: [behind], run: () => 1 });
  const good = asset('good', { run: () => sleep(20) });
  const after = asset('after', { deps: [good], run: () => 2 });
  const checked = assetCheck(bad, { name: 'ok', load: false, run: () => ({ passed: true }) });
  const run = await execute(define({ assets: [bad, behind, far, good, after], checks: [checked] }));
  expect(run.success).toBe(false);
  expect(run.record.status).toBe('FAILURE');
  expect(Object.fromEntries([...run.summary.steps].map(([key, step]) => [key, step.status]))).toEqual({
    bad: 'failed',
    behind: 'abandoned',
    far: 'abandoned',
    good: 'success',
    after: 'success',
    'check:bad:ok': 'abandoned',
  });
  expect(run.summary.failure).toMatchObject({
    reason: 'STEP_FAILURE',
    failedSteps: ['bad'],
    message: 'Step failed: bad.',
  });
  const failure = (await eventsOf(run)).find((event) => event.type === 'STEP_FAILURE');
  expect(failure).toMatchObject({
    source: 'user',
    error: { name: 'TypeError', message: 'cannot write', cause: { message: 'the disk is full' } },
  });
  expect(failure?.error.stack.join('')).toContain('execute.test.ts');
  expect(run.output(after)).toBe(2);
  expect(() => run.output(behind)).toThrow(
    'Asset "behind" gave no value in this run: its step is abandoned. [PIPES_RUN_FAILED]',
  );
  expect(() => run.output(asset('else', { run: () => 1 }))).toThrow('it was not selected. [PIPES_SELECTION_INVALID]');
});

test('with throwOnError a failed run rejects with the error of the step as its cause', async () => {
  const error = new Error('no');
  const project = define({ assets: [asset('a', { run: () => Promise.reject(error) })] });
  await expect(execute(project, { throwOnError: true })).rejects.toMatchObject({
    code: 'PIPES_RUN_FAILED',
    cause: error,
  });
});

test('no more steps run at once than allowed, and as many as allowed do', async () => {
  let running = 0;
  let most = 0;
  const assets = Array.from({ length: 12 }, (_, index) =>
    asset(`a${index}`, {
      async run() {
        running += 1;
        most = Math.max(most, running);
        await sleep(5);
        running -= 1;
      },
    }),
  );
  await execute(define({ assets }), { maxConcurrent: 3 });
  expect(most).toBe(3);
  await expect(execute(define({ assets }), { maxConcurrent: 0 })).rejects.toThrow(
    'maxConcurrent must be a whole number from 1, not 0',
  );
  await expect(execute(define({ assets }), { cancelGraceMs: 2 ** 31 })).rejects.toThrow(
    'cancelGraceMs must be a whole number from 0 to 2147483647, not 2147483648',
  );
});

test('an asset that a multi-asset left out skips what needs it, and only that', async () => {
  const pair = multiAsset('pair', {
    specs: [{ key: 'left' }, { key: 'right', optional: true, checks: [{ name: 'ok' }] }],
    async *run() {
      yield { assetKey: 'left' };
    },
  });
  const onLeft = asset('on_left', { deps: ['left'], run: () => 1 });
  const onRight = asset('on_right', { deps: ['right'], run: () => 1 });
  const far = asset('far', { deps: [onRight], run: () => 1 });
  const run = await execute(define({ assets: [pair, onLeft, onRight, far] }));
  expect(run.success).toBe(true);
  expect(['on_left', 'on_right', 'far'].map((key) => run.summary.steps.get(key)?.status)).toEqual([
    'success',
    'skipped',
    'skipped',
  ]);
});

test('a step runs when its start is in the log, and not before', async () => {
  await using own = instance.ephemeral();
  const slow = appending(own.events, async (batch) => {
    await sleep(2);
    return await own.events.append(batch);
  });
  const started: boolean[] = [];
  const isLogged = async (runId: string, stepKey: string): Promise<boolean> => {
    const { events } = await own.events.forRun(runId, { limit: 100, types: ['STEP_START'] });
    return events.some((event) => event.type === 'STEP_START' && event.stepKey === stepKey);
  };
  const note = async (ctx: { readonly runId: string; readonly stepKey: string }): Promise<void> =>
    void started.push(await isLogged(ctx.runId, ctx.stepKey));
  const project = define({ assets: [asset('a', { run: note }), asset('b', { deps: ['a'], run: note })] });
  await execute(project, { instance: { ...own, events: slow } });
  expect(started).toEqual([true, true]);
});

test('an event log that breaks ends the run with its error, and no step goes on in the dark', async () => {
  await using own = instance.ephemeral();
  let appends = 0;
  const events = appending(own.events, (batch) =>
    ++appends > 6 ? Promise.reject(new Error('no space left')) : own.events.append(batch),
  );
  let ran = 0;
  const assets = Array.from({ length: 20 }, (_, index) =>
    asset(`a${index}`, { deps: index === 0 ? [] : [`a${index - 1}`], run: () => (ran += 1) }),
  );
  await expect(execute(define({ assets }), { instance: { ...own, events } })).rejects.toMatchObject({
    code: 'PIPES_RUN_FAILED',
    cause: { message: 'no space left' },
  });
  expect(ran).toBeLessThan(10);
  const { records } = await own.runs.list({}, { limit: 1 });
  expect(records[0]?.status).toBe('FAILURE');
});

test('two runs at once in one instance keep their events apart', async () => {
  await using own = instance.ephemeral();
  const project = define({
    assets: [asset('a', { run: (ctx) => ctx.runId }), asset('b', { deps: ['a'], run: () => sleep(2) })],
  });
  const runs = await Promise.all(
    [1, 2, 3].map((n) => execute(project, { instance: own, jobName: `job-${n}`, tags: { n: `${n}` } })),
  );
  for (const run of runs) {
    expect(new Set((await eventsOf(run)).map((event) => event.runId))).toEqual(new Set([run.record.run.runId]));
    expect(run.summary.steps.size).toBe(2);
  }
  const { events } = await own.events.forAsset('a', { limit: 100, types: ['ASSET_MATERIALIZATION'] });
  expect(events).toHaveLength(3);
});
