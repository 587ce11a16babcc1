import { expect, test } from 'vitest';
import { MetadataValue, openDagsterPipes, PipesContext, runDagsterPipes } from '../index.ts';
import { runWithTestPipes } from './index.ts';

test('what a script reports can be asserted on, typed and in camelCase', async () => {
  const run = await runWithTestPipes(
    (pipes) => {
      pipes.log.warning('careful');
      pipes.reportAssetMaterialization({ metadata: { rows: 12, note: MetadataValue.md('# é') }, dataVersion: 'v1' });
      pipes.reportAssetCheck({ checkName: 'fresh', passed: false, severity: 'WARN', metadata: { age: 1.5 } });
      pipes.reportCustomMessage({ big: 2n ** 70n, nan: Number.NaN });
      pipes.logExternalStream('stdout', 'one ');
      pipes.logExternalStream('stderr', 'elsewhere');
      pipes.logExternalStream('stdout', 'two');
      return 42;
    },
    { context: { asset_keys: ['raw/orders'] } },
  );

  expect(run.outcome).toStrictEqual({ returned: 42 });
  expect(run.logs).toStrictEqual([{ level: 'WARNING', message: 'careful' }]);
  expect(run.materializations).toStrictEqual([
    {
      assetKey: 'raw/orders',
      dataVersion: 'v1',
      metadata: { rows: MetadataValue.int(12), note: MetadataValue.md('# é') },
    },
  ]);
  expect(run.checks).toStrictEqual([
    {
      assetKey: 'raw/orders',
      checkName: 'fresh',
      passed: false,
      severity: 'WARN',
      metadata: { age: MetadataValue.float(1.5) },
    },
  ]);
  expect(run.customMessages).toStrictEqual([{ big: 2n ** 70n, nan: Number.NaN }]);
  expect(run.output).toStrictEqual({ stdout: 'one two', stderr: 'elsewhere' });
  expect(run.exception).toBeNull();
  expect(run.messages.map(({ method }) => method)).toStrictEqual([
    'opened',
    'log',
    'report_asset_materialization',
    'report_asset_check',
    'report_custom_message',
    'log_external_stream',
    'log_external_stream',
    'log_external_stream',
    'closed',
  ]);
  expect(run.messages.map(({ sequence }) => sequence.seq)).toStrictEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(run.messages.at(-1)?.sequence.total).toBe(9);
});

test('code that opens its own session gets this one', async () => {
  const job = async (): Promise<string> =>
    await runDagsterPipes(
      async (pipes) => {
        const [again, byGet] = [await openDagsterPipes(), PipesContext.get()];
        expect([again === pipes, byGet === pipes, PipesContext.isInitialized()]).toStrictEqual([true, true, true]);
        pipes.log.info(pipes.getExtra('limit'));
        return pipes.runId;
      },
      { mode: 'require' },
    );

  const run = await runWithTestPipes(job, { context: { run_id: 'r7', extras: { limit: 10 } } });

  expect(run.outcome).toStrictEqual({ returned: 'r7' });
  expect(run.logs).toStrictEqual([{ level: 'INFO', message: '10' }]);
  expect(PipesContext.isInitialized()).toBe(false);
});

test('what a script throws is an outcome, and what closed says', async () => {
  const failure = new Error('no disk', { cause: new TypeError('inner') });

  const run = await runWithTestPipes(() => {
    throw failure;
  });

  expect(run.outcome).toStrictEqual({ threw: failure });
  expect(run.exception).toMatchObject({
    name: 'Error',
    message: 'no disk',
    cause: { name: 'TypeError', message: 'inner' },
  });
});

test('throwing nothing is a failure as well', async () => {
  const run = await runWithTestPipes(() => Promise.reject(undefined as unknown as Error));

  expect(run.outcome).toStrictEqual({ threw: undefined });
  expect(run.exception?.message).toBe('undefined was thrown');
});

test('several run at once, each with its own session', async () => {
  const runs = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      runWithTestPipes(
        async () => {
          const pipes = await openDagsterPipes();
          await pipes.flush();
          pipes.reportAssetMaterialization();
          await pipes.close();
          return name;
        },
        { context: { asset_keys: [name] } },
      ),
    ),
  );

  expect(runs.map((run) => run.materializations.map(({ assetKey }) => assetKey))).toStrictEqual([['a'], ['b'], ['c']]);
});

test('a script sees the signal it is given', async () => {
  const abort = new AbortController();

  const run = await runWithTestPipes(
    (pipes) => {
      abort.abort();
      return pipes.signal.aborted;
    },
    { signal: abort.signal },
  );

  expect(run.outcome).toStrictEqual({ returned: true });
});

test('runDagsterPipes inside of an open session works in that one and leaves it open', async () => {
  const report = await runWithTestPipes(async (pipes) => {
    await runDagsterPipes((inner) => inner.log.info('inner'));
    await expect(runDagsterPipes(() => Promise.reject(new Error('inner fails')))).rejects.toThrow('inner fails');
    pipes.log.info('outer');
  });
  expect(report.logs.map(({ message }) => message)).toEqual(['inner', 'outer']);
  expect(report.exception).toBeNull();
});
