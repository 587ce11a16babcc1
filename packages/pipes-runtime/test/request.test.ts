import {
  asset,
  assetCheck,
  define,
  execute,
  instance,
  multiAsset,
  resource,
  staticPartitions,
  type StepContext,
  timePartitions,
} from 'pipes-runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { eventsOf } from './events.ts';

const run = (): void => undefined;
const years = timePartitions({ every: 'year', start: '2012', end: '2016' });
const raw = asset('raw', { run: () => 1 });
const clean = asset('clean', { inputs: { raw }, run: (_ctx, inputs) => inputs.raw + 1 });
const loose = asset('loose', { deps: [raw], run });
const positive = assetCheck(clean, { name: 'positive', run: (_ctx, value) => ({ passed: value > 0 }) });
const onFile = assetCheck(clean, { name: 'on_file', load: false, run: () => ({ passed: true }) });
const project = define({ assets: [raw, clean, loose], checks: [positive, onFile] });

/** What a step saw of its context. */
function seeing(): { readonly seen: StepContext[]; readonly see: (ctx: StepContext<undefined, never>) => void } {
  const seen: StepContext[] = [];
  return { seen, see: (ctx) => void seen.push(ctx) };
}

test('only what is selected runs, and its checks', async () => {
  const { summary } = await execute(project, { select: '+clean' });
  expect([...summary.steps.keys()]).toEqual(['raw', 'clean', 'check:clean:on_file', 'check:clean:positive']);
  expect([...(await execute(project, { select: ['loose'] })).summary.steps.keys()]).toEqual(['loose']);
  expect([...(await execute(project, { select: 'check:clean:on_file' })).summary.steps.keys()]).toEqual([
    'check:clean:on_file',
  ]);
});

test.each([
  [
    'clean',
    'asset "clean" takes the value of "raw", which is not selected: select it too, with "+clean", or make it a dep',
  ],
  [
    'check:clean:positive',
    'check "clean:positive" takes the value of "clean", which is not selected: select "clean" too, or give the check `load: false`',
  ],
  ['cleen', 'there is no asset "cleen": did you mean "clean"?'],
])('selecting %s is refused before anything runs', async (select, message) => {
  await using own = instance.ephemeral();
  await expect(execute(project, { select, instance: own })).rejects.toMatchObject({
    code: 'PIPES_SELECTION_INVALID',
    message: expect.stringContaining(message) as string,
  });
  expect((await own.runs.list({}, { limit: 1 })).records).toEqual([]);
});

test('a project without assets has nothing to run', async () => {
  await expect(execute(define({ assets: [] }))).rejects.toThrow('the project defines no assets');
});

test('a partition reaches the step, its events, and who is not partitioned sees none of it', async () => {
  const { seen, see } = seeing();
  const yearly = asset('yearly', { partitions: years, deps: ['whole'], run: see });
  const whole = asset('whole', { run: see });
  const check = assetCheck('yearly', { name: 'ok', run: (ctx) => ({ passed: ctx.partitionKey === '2013' }) });
  const result = await execute(define({ assets: [yearly, whole], checks: [check] }), { partition: '2013' });
  expect(seen).toMatchObject([
    {
      stepKey: 'whole',
      partitionKey: undefined,
      partitionKeys: [],
      partitionKeyRange: undefined,
      partitionTimeWindow: undefined,
    },
    {
      stepKey: 'yearly',
      partitionKey: '2013',
      partitionKeys: ['2013'],
      partitionKeyRange: { start: '2013', end: '2013' },
      partitionTimeWindow: { start: new Date('2013-01-01'), end: new Date('2014-01-01') },
    },
  ]);
  expect(result.summary.materializations.map((each) => [each.assetKey, each.partition])).toEqual([
    ['whole', null],
    ['yearly', '2013'],
  ]);
  expect(result.summary.checks).toMatchObject([{ passed: true }]);
  expect(result.record.run.partitionKeys).toEqual(['2013']);
});

test('a range is one step, and a materialization of each of its partitions', async () => {
  const { seen, see } = seeing();
  const result = await execute(define({ assets: [asset('yearly', { partitions: years, run: see })] }), {
    partition: '2012...2014',
  });
  expect(seen).toMatchObject([
    {
      partitionKey: undefined,
      partitionKeys: ['2012', '2013', '2014'],
      partitionKeyRange: { start: '2012', end: '2014' },
      partitionTimeWindow: { start: new Date('2012-01-01'), end: new Date('2015-01-01') },
    },
  ]);
  expect(result.summary.materializations.map((each) => each.partition)).toEqual(['2012', '2013', '2014']);
  const planned = (await eventsOf(result)).flatMap((event) =>
    event.type === 'ASSET_MATERIALIZATION_PLANNED' ? event.partition : [],
  );
  expect(planned).toEqual(['2012', '2013', '2014']);
});

test.each([
  [
    'none where there must be one',
    [asset('y', { partitions: years, run })],
    undefined,
    'asset "y" is partitioned: name the partition of the run. There are 4 partitions, "2012" to "2015".',
  ],
  ['one that is not there', [asset('y', { partitions: years, run })], '2020', 'There is no partition "2020"'],
  ['one where there are none', [raw], '2012', 'nothing that is selected has partitions: leave it out'],
  [
    'two kinds in one run',
    [asset('y', { partitions: years, run }), asset('r', { partitions: staticPartitions(['eu']), run })],
    '2012',
    'asset "y" (every year from 2012-01-01T00:00:00.000Z to 2016-01-01T00:00:00.000Z as yyyy) and asset "r" (the partitions "eu") have different partitions',
  ],
])('partitions: %s is refused', async (_name, assets, partition, message) => {
  await expect(execute(define({ assets }), { partition })).rejects.toMatchObject({
    code: 'PIPES_PARTITION_INVALID',
    message: expect.stringContaining(message) as string,
  });
});

test('partitions that are defined alike twice are the same', async () => {
  const alike = (): ReturnType<typeof timePartitions> => timePartitions({ every: 'year', start: '2012', end: '2016' });
  const a = asset('a', { partitions: alike(), run: () => 1 });
  const b = asset('b', { partitions: alike(), inputs: { a }, run });
  expect((await execute(define({ assets: [a, b] }), { partition: '2015' })).success).toBe(true);
});

const db = resource({ config: z.object({ url: z.string() }), create: ({ config }) => config.url });
const limited = asset('limited', {
  config: z.object({ limit: z.number().default(10) }),
  run: ({ config }) => config.limit,
});
const stored = asset('stored', { resources: { db }, run: ({ resources }) => resources.db });
const pair = multiAsset('pair', {
  specs: [{ key: 'left' }],
  config: z.object({ deep: z.object({ n: z.number() }) }),
  run: ({ config }) => ({ assetKey: 'left', metadata: { n: config.deep.n } }),
});
const configured = define({ assets: [limited, stored, pair, raw], resources: { db } });

test('config reaches who it is for, parsed, with defaults where nothing is given', async () => {
  const config = { assets: { pair: { deep: { n: 3 } } }, resources: { db: { url: 'x' } } };
  const result = await execute(configured, { config });
  expect([result.output(limited), result.output(stored)]).toEqual([10, 'x']);
  expect(result.record.run.config).toEqual(config);
  expect(
    (await execute(configured, { select: 'limited', config: { assets: { limited: { limit: 5 } } } })).output(limited),
  ).toBe(5);
});

test('config that cannot be put on record is refused, whatever the schema would make of it', async () => {
  const since = asset('since', { config: z.object({ since: z.date() }), run });
  const refused = execute(define({ assets: [since] }), { config: { assets: { since: { since: new Date(0) } } } });
  await expect(refused).rejects.toMatchObject({ code: 'PIPES_CONFIG_INVALID' });
  await expect(refused).rejects.toThrow('assets.since.since: a Date is not JSON');
});

test('assets may be called what every object has', async () => {
  const names = ['constructor', 'toString', 'hasOwnProperty', '__proto__'];
  const assets = names.map((name) => asset(name, { run }));
  const sized = asset('valueOf', { config: z.object({ n: z.number() }), run: ({ config }) => config.n });
  const config = { assets: { valueOf: { n: 2 } } };
  const result = await execute(define({ assets: [...assets, sized] }), { config });
  expect([result.success, result.output(sized)]).toEqual([true, 2]);
});

test('one asset of a multi-asset with all that is upstream: what its siblings need comes too', async () => {
  const [x, y] = [asset('x', { run }), asset('y', { run })];
  const both = multiAsset('both', {
    specs: [
      { key: 'a', deps: [x] },
      { key: 'b', deps: [y] },
    ],
    run: () => [{ assetKey: 'a' }, { assetKey: 'b' }],
  });
  const result = await execute(define({ assets: [x, y, both] }), { select: '+b' });
  expect(result.record.run.assetSelection.toSorted()).toEqual(['a', 'b', 'x', 'y']);
});

test('partitions that only print alike are not the same', async () => {
  const a = asset('a', { partitions: staticPartitions(['x, y']), run });
  const b = asset('b', { partitions: staticPartitions(['x', 'y']), run });
  await expect(execute(define({ assets: [a, b] }), { partition: 'x, y' })).rejects.toThrow(
    'asset "a" (the partitions "x, y") and asset "b" (the partitions "x", "y") have different partitions',
  );
});

test('config of what is not selected may be there, and need not', async () => {
  const result = await execute(configured, { select: 'limited', config: { assets: { pair: { deep: 1 } } } });
  expect(result.success).toBe(true);
});

test('everything that is wrong with a config is named at once, with its path, before anything runs', async () => {
  await using own = instance.ephemeral();
  const config = {
    assets: { limited: { limit: 'x' }, pair: { deep: {} }, raw: {}, limitd: {} },
    resources: { bd: {} },
  };
  const refused = execute(configured, { config, instance: own });
  await expect(refused).rejects.toMatchObject({ code: 'PIPES_CONFIG_INVALID' });
  const message = await refused.catch((error: unknown) => String(error));
  for (const problem of [
    'assets.limited.limit: Invalid input: expected number',
    'assets.pair.deep.n: Invalid input: expected number',
    'assets.raw: it takes no config',
    'assets.limitd: there is no such name: did you mean "limited"?',
    'resources.bd: there is no such name: did you mean "db"?',
    'resources.db.url: Invalid input: expected string',
  ]) {
    expect(message).toContain(problem);
  }
  expect((await own.runs.list({}, { limit: 1 })).records).toEqual([]);
  await expect(execute(configured, { config: { asset: {} } })).rejects.toThrow('Unrecognized key: "asset"');
  await expect(execute(configured, { config: 'x' })).rejects.toThrow('expected object');
});
