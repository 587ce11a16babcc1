import {
  asset,
  assetCheck,
  define,
  execute,
  type ExecutionResult,
  multiAsset,
  type Project,
  result,
} from 'pipes-runtime';
import { expect, test } from 'vitest';
import { eventsOf } from './events.ts';

const materialization = (assetKey: string, metadata = {}) => ({
  kind: 'materialization' as const,
  assetKey,
  metadata,
  dataVersion: null,
});
const check = (assetKey: string, checkName: string) => ({
  kind: 'check' as const,
  assetKey,
  checkName,
  passed: true,
  severity: 'ERROR' as const,
  metadata: {},
});

const made = ({ summary }: ExecutionResult): readonly string[] => summary.materializations.map((each) => each.assetKey);
const errorOf = async (project: Project): Promise<string> => {
  const run = await execute(project);
  expect(run.success).toBe(false);
  return [...run.summary.steps.values()].map((step) => step.error?.message ?? '').join('');
};

test.each<[string, () => unknown, unknown]>([
  ['a value', () => 5, 5],
  ['a list of values', () => [1, 2], [1, 2]],
  [
    'an object that looks a little like a report',
    () => ({ assetKey: 'a', metadata: {} }),
    { assetKey: 'a', metadata: {} },
  ],
  ['nothing', () => undefined, undefined],
  ['a result', () => result({ value: 5 }), 5],
  ['a result without a value', () => result({ metadata: { n: 1 } }), undefined],
  ['what a session gives', () => materialization('a'), undefined],
  ['all that a session gives', () => [materialization('a')], undefined],
  [
    'a stream, and a value at its end',
    async function* () {
      yield materialization('a');
      return 5;
    },
    5,
  ],
  [
    'a stream of nothing',
    async function* () {
      yield* [];
    },
    undefined,
  ],
])('an asset may return %s: it is made once', async (_name, run, value) => {
  const a = asset('a', { run });
  const finished = await execute(define({ assets: [a] }));
  expect(finished.success).toBe(true);
  expect(made(finished)).toEqual(['a']);
  expect(finished.output(a)).toEqual(value);
});

test('what success implies gives way to what is said, and lends it its metadata', async () => {
  const a = asset('a', {
    async *run() {
      yield { ...materialization('a', { pid: 1 }), isImplicit: true as const };
      yield { ...materialization('a', { pid: 2 }), isImplicit: true as const };
      return result({ value: 1, metadata: { rows: 3 }, dataVersion: 'v' });
    },
  });
  const run = await execute(define({ assets: [a] }));
  expect(run.summary.materializations).toMatchObject([
    { dataVersion: 'v', metadata: { pid: { value: 2 }, rows: { value: 3 } } },
  ]);
});

test('checks that lie in a materialization are taken with it', async () => {
  const a = asset('a', {
    checks: [{ name: 'ok' }],
    run: () => ({ ...materialization('a'), checkResults: [check('a', 'ok')] }),
  });
  const run = await execute(define({ assets: [a] }));
  expect(run.summary.checks).toMatchObject([{ checkName: 'ok', passed: true }]);
});

test('a multi-asset reports one by one, all at once, or one thing', async () => {
  const specs = [{ key: 'x/y' }, { key: 'z', checks: [{ name: 'ok' }] }];
  const reports = [
    { assetKey: ['x', 'y'], metadata: { n: 1 } },
    { assetKey: 'z', dataVersion: 'v' },
    { assetKey: 'z', checkName: 'ok', passed: true },
  ];
  const streaming = multiAsset('m', {
    specs,
    async *run() {
      yield* reports;
    },
  });
  const atOnce = multiAsset('m', { specs, run: async () => reports });
  const alone = multiAsset('m', { specs: [{ key: 'a' }], run: () => ({ assetKey: 'a' }) });
  expect(made(await execute(define({ assets: [streaming] })))).toEqual(['x/y', 'z']);
  expect(made(await execute(define({ assets: [atOnce] })))).toEqual(['x/y', 'z']);
  expect(made(await execute(define({ assets: [alone] })))).toEqual(['a']);
});

test('what a step reports by its context is recorded at once', async () => {
  const a = asset('a', {
    checks: [{ name: 'ok' }],
    async run(ctx) {
      await ctx.report({ assetKey: 'a', metadata: { rows: 1 } });
      await ctx.report({ assetKey: 'a', checkName: 'ok', passed: false });
      ctx.log.info('after');
      return 5;
    },
  });
  const run = await execute(define({ assets: [a] }));
  expect(run.output(a)).toBe(5);
  const types = (await eventsOf(run)).map((event) => event.type);
  expect(types.indexOf('ASSET_MATERIALIZATION')).toBeLessThan(types.indexOf('LOG'));
  expect(made(run)).toEqual(['a']);
});

test.each<[string, () => Project, string]>([
  [
    'an asset that is not its own',
    () => define({ assets: [asset('abc', { run: () => materialization('abd') })] }),
    'asset "abc" reported the asset "abd", which it does not declare: did you mean "abc"? [PIPES_STEP_RESULT_INVALID]',
  ],
  [
    'a check that is not declared',
    () => define({ assets: [asset('a', { run: () => [check('a', 'ok')] })] }),
    'reported the check "ok" of "a", which it does not declare. List it in `checks`.',
  ],
  [
    'a check by a name that is near',
    () => define({ assets: [asset('a', { checks: [{ name: 'rows' }], run: () => [check('a', 'row')] })] }),
    'which it does not declare: did you mean "a:rows"?',
  ],
  [
    'an asset twice',
    () =>
      define({
        assets: [multiAsset('m', { specs: [{ key: 'a' }], run: () => [{ assetKey: 'a' }, { assetKey: 'a' }] })],
      }),
    'multi-asset "m" reported the asset "a" twice.',
  ],
  [
    'a check twice',
    () =>
      define({ assets: [asset('a', { checks: [{ name: 'ok' }], run: () => [check('a', 'ok'), check('a', 'ok')] })] }),
    'reported the check "ok" of "a" twice',
  ],
  [
    'not all of its assets',
    () =>
      define({
        assets: [
          multiAsset('m', { specs: [{ key: 'a' }, { key: 'b' }, { key: 'c', optional: true }], run: () => undefined }),
        ],
      }),
    'multi-asset "m" did not report "a", "b". Report it, or declare it `optional: true`.',
  ],
  [
    'not all of its checks',
    () => define({ assets: [asset('a', { checks: [{ name: 'ok' }], run: () => 1 })] }),
    'asset "a" did not report the check "ok" of "a", which it declares.',
  ],
  [
    'what is no report',
    () => define({ assets: [multiAsset('m', { specs: [{ key: 'a' }], run: () => [{ key: 'a' }] as never })] }),
    'multi-asset "m" gave an object with the keys key, which is no report. A report is { assetKey,',
  ],
  [
    'a stream of values',
    () =>
      define({
        assets: [
          asset('a', {
            run: async function* () {
              yield 5 as never;
            },
          }),
        ],
      }),
    'asset "a" gave 5, which is no report.',
  ],
  [
    'a severity that there is not',
    () =>
      define({
        assets: [asset('a', { run: () => 1 })],
        checks: [assetCheck('a', { name: 'ok', run: () => ({ passed: true, severity: 'warn' as 'WARN' }) })],
      }),
    'check "a:ok" gave a check with the severity "warn": it must be "WARN" or "ERROR".',
  ],
  [
    'no outcome of a check',
    () =>
      define({
        assets: [asset('a', { run: () => 1 })],
        checks: [assetCheck('a', { name: 'ok', run: () => true as never })],
      }),
    'check "a:ok" must return { passed: boolean, severity?, metadata? }, not true.',
  ],
])('a step that reports %s fails, and says what it did', async (_name, project, message) => {
  expect(await errorOf(project())).toContain(message);
});

test('a step may make very many assets, with a check each', async () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}`);
  const many = multiAsset('many', {
    specs: keys.map((key) => ({ key, checks: [{ name: 'ok' }] })),
    async *run() {
      for (const assetKey of keys) {
        yield { assetKey };
        yield { assetKey, checkName: 'ok', passed: true };
      }
    },
  });
  const run = await execute(define({ assets: [many] }));
  expect([run.success, run.summary.checks.length]).toEqual([true, 20_000]);
});

test('a check may give what an external process reported of it, and only of it', async () => {
  const a = asset('a', { run: () => 1 });
  const good = assetCheck(a, { name: 'ok', run: () => check('a', 'ok') });
  const bad = assetCheck(a, { name: 'bad', run: () => check('a', 'other') });
  const run = await execute(define({ assets: [a], checks: [good, bad] }));
  expect(run.summary.checks).toMatchObject([{ checkName: 'ok' }]);
  expect(run.summary.steps.get('check:a:bad')?.error?.message).toContain(
    'reported the check "other" of "a", which it does not declare',
  );
});

test('metadata that cannot be kept costs its key, with a warning in the log of the run', async () => {
  const a = asset('a', { run: () => result({ metadata: { good: 1n, bad: () => 1 } }) });
  const run = await execute(define({ assets: [a] }));
  expect(run.summary.materializations).toMatchObject([{ metadata: { good: { type: 'int', value: 1n } } }]);
  expect((await eventsOf(run)).find((event) => event.type === 'LOG')).toMatchObject({
    stepKey: 'a',
    level: 'warning',
    message: expect.stringMatching(/^metadata "bad" was left out: .* function/) as string,
  });
});
