import { describe, expect, test } from 'vitest';
import { MetadataValue, type PipesContext, PipesError, type ReportAssetCheck, type StandardSchema } from './index.ts';
import { runWithTestPipes } from './testing/index.ts';
import type { PipesContextData } from './protocol/index.ts';

/** What was thrown, and that nothing was sent for it. */
async function failureOf(
  context: Partial<PipesContextData>,
  step: (pipes: PipesContext) => unknown,
): Promise<PipesError> {
  const run = await runWithTestPipes(step, { context });
  expect(run.messages.map(({ method }) => method)).toStrictEqual(['opened', 'closed']);
  const { threw } = run.outcome as { threw: PipesError };
  expect(PipesError.is(threw)).toBe(true);
  return threw;
}

const untyped = (value: unknown): never => value as never;
const two = { asset_keys: ['a', 'b'] };
const one = { asset_keys: ['a'] };

describe('which asset a report is about', () => {
  test('the only one, where none is given', async () => {
    const run = await runWithTestPipes(
      (pipes) => {
        pipes.reportAssetMaterialization();
        pipes.reportAssetCheck({ checkName: 'c', passed: true });
      },
      { context: one },
    );
    expect([run.materializations[0]?.assetKey, run.checks[0]?.assetKey]).toStrictEqual(['a', 'a']);
    expect(run.checks[0]?.severity).toBe('ERROR');
  });

  test.each([{ asset_keys: null }, { asset_keys: [] }])(
    'any that is given, for a step without assets',
    async (context) => {
      const run = await runWithTestPipes((pipes) => pipes.reportAssetMaterialization({ assetKey: 'free' }), {
        context,
      });
      expect(run.materializations[0]?.assetKey).toBe('free');
    },
  );

  test.each([
    [two, 'c', /the check "fresh": assetKey is "c".*one of the assets of this step: "a", "b"/],
    [two, undefined, /assetKey is undefined.*one of the assets of this step/],
    [{}, undefined, /assetKey is undefined.*this step has none of its own/],
    [one, '', /assetKey is "".*non-empty/],
    [one, untyped(5), /assetKey is 5.*string/],
    [{ asset_keys: Array.from({ length: 900 }, (_, index) => `k${index}`) }, 'x', /"k4" and 895 more/],
  ])('for %j not %j', async (context, assetKey, problem) => {
    const failure = await failureOf(context, (pipes) =>
      pipes.reportAssetCheck({ checkName: 'fresh', passed: true, assetKey }),
    );
    expect(failure.code).toBe('PIPES_REPORT_INVALID');
    expect(failure.message).toMatch(problem);
  });

  test('the same twice is refused, in a materialization only', async () => {
    const run = await runWithTestPipes(
      (pipes) => {
        pipes.reportAssetMaterialization({ assetKey: 'a' });
        pipes.reportAssetMaterialization({ assetKey: 'b' });
        pipes.reportAssetCheck({ checkName: 'c', passed: true, assetKey: 'a' });
        pipes.reportAssetCheck({ checkName: 'c', passed: true, assetKey: 'a' });
        pipes.reportAssetMaterialization({ assetKey: 'a' });
      },
      { context: two },
    );
    expect(run.materializations).toHaveLength(2);
    expect(run.checks).toHaveLength(2);
    expect(run.outcome).toMatchObject({ threw: { code: 'PIPES_REPORT_INVALID' } });
    expect((run.outcome as { threw: Error }).threw.message).toContain('"a" was already materialized');
  });
});

describe('reports are judged before anything is sent', () => {
  const check = { checkName: 'fresh', passed: true };

  test.each<[unknown, RegExp]>([
    [undefined, /a check: the report is undefined.*object/],
    [{ ...check, checkName: '' }, /checkName is "".*non-empty/],
    [{ passed: true }, /checkName is undefined/],
    [{ ...check, passed: 1 }, /the check "fresh": passed is 1.*true or false/],
    [{ ...check, severity: 'FATAL' }, /severity is "FATAL".*"WARN" or "ERROR"/],
    [{ ...check, metadata: 'rows' }, /metadata is "rows".*object/],
    [{ ...check, metadata: new Map([['rows', 1]]) }, /metadata is \{"rows": 1\}.*object/],
    [{ ...check, metadata: [1] }, /metadata is \[1\]/],
    [{ ...check, asset_key: 'a' }, /asset_key is "a".*one of checkName, passed, severity, metadata, assetKey/],
  ])('check %j', async (report, problem) => {
    const failure = await failureOf(one, (pipes) => pipes.reportAssetCheck(report as ReportAssetCheck));
    expect(failure.code).toBe('PIPES_REPORT_INVALID');
    expect(failure.message).toMatch(problem);
  });

  test.each<[(pipes: PipesContext) => void, RegExp]>([
    [(pipes) => pipes.reportAssetMaterialization(untyped({ dataVersion: 5 })), /dataVersion is 5.*string or null/],
    [(pipes) => pipes.reportAssetMaterialization(untyped('a')), /the report is "a"/],
    [(pipes) => pipes.logExternalStream(untyped('stdin'), 'x'), /stream is "stdin".*"stdout" or "stderr"/],
    [(pipes) => pipes.logExternalStream('stdout', untyped(5)), /text is 5/],
    [(pipes) => pipes.logExternalStream('stdout', 'x', untyped([])), /extras is \[\]/],
    [(pipes) => pipes.progress(Number.NaN), /done is NaN.*finite/],
    [(pipes) => pipes.progress(1, -1), /total is -1/],
    [(pipes) => pipes.progress(untyped('3')), /done is 3/],
  ])('%s', async (step, problem) => {
    const failure = await failureOf(one, step);
    expect(failure.code).toBe('PIPES_REPORT_INVALID');
    expect(failure.message).toMatch(problem);
  });

  test('a bad metadata value costs itself, and a warning that follows the report', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const run = await runWithTestPipes(
      (pipes) => {
        pipes.reportAssetMaterialization({
          metadata: { good: null, bad: () => 1, left: undefined, circular, float: MetadataValue.float(1) },
        });
        pipes.reportCustomMessage({ circular });
        pipes.reportCustomMessage(undefined);
      },
      { context: one },
    );
    expect(Object.keys(run.materializations[0]?.metadata ?? {})).toStrictEqual(['good', 'circular', 'float']);
    expect(run.messages.map(({ method }) => method).join()).toBe(
      'opened,report_asset_materialization,log,log,report_custom_message,log,report_custom_message,closed',
    );
    expect(run.logs.every(({ level }) => level === 'WARNING')).toBe(true);
    expect(run.logs[0]?.message).toMatch(/materialization of "a": metadata "bad"/);
    expect(run.customMessages.at(-1)).toBeNull();
  });
});

describe('questions', () => {
  const range = { start: '2024-01-01', end: '2024-01-03' };

  test('have the answers of the payload', async () => {
    const window = { start: '2024-01-01T00:00:00+00:00', end: '2024-01-02T00:00:00+00:00' };
    const provenance = { code_version: '1', input_data_versions: { src: 'x' }, is_user_provided: false };
    await runWithTestPipes(
      (pipes) => {
        expect(pipes).toMatchObject({ isDagsterPipesProcess: true, isAssetStep: true, isPartitionStep: true });
        expect(pipes).toMatchObject({ assetKey: 'a', assetKeys: ['a'], codeVersion: '7', provenance });
        expect(pipes).toMatchObject({ provenanceByAssetKey: { a: provenance }, codeVersionByAssetKey: { a: '7' } });
        expect(pipes).toMatchObject({ partitionKey: 'p', partitionKeyRange: range, partitionTimeWindow: window });
        expect(pipes).toMatchObject({ runId: 'r', jobName: 'j', retryNumber: 2, extras: { limit: 1 } });
        expect(pipes.getExtra('limit')).toBe(1);
      },
      {
        context: {
          ...one,
          provenance_by_asset_key: { a: provenance },
          code_version_by_asset_key: { a: '7' },
          partition_key: 'p',
          partition_key_range: range,
          partition_time_window: window,
          run_id: 'r',
          job_name: 'j',
          retry_number: 2,
          extras: { limit: 1 },
        },
      },
    ).then((run) => expect(run.outcome).toStrictEqual({ returned: undefined }));
  });

  test('about what may be absent are answered with null', async () => {
    const run = await runWithTestPipes(
      (pipes) => [pipes.provenance, pipes.codeVersion, pipes.partitionTimeWindow, pipes.jobName],
      { context: { ...one, partition_key_range: range } },
    );
    expect(run.outcome).toStrictEqual({ returned: [null, null, null, null] });
  });

  test('about an asset that is named as what every object has are answered from the payload', async () => {
    const run = await runWithTestPipes((pipes) => [pipes.provenance, pipes.codeVersion], {
      context: { asset_keys: ['constructor'], code_version_by_asset_key: {}, provenance_by_asset_key: {} },
    });
    expect(run.outcome).toStrictEqual({ returned: [null, null] });
  });

  test.each<[keyof PipesContext, Partial<PipesContextData>, RegExp]>([
    ['assetKey', two, /assetKey.*this step makes 2 assets/],
    ['assetKey', {}, /this step makes no assets/],
    ['provenance', two, /provenance.*2 assets/],
    ['codeVersion', {}, /codeVersion.*no assets/],
    ['assetKeys', {}, /no assets/],
    ['provenanceByAssetKey', {}, /no assets/],
    ['codeVersionByAssetKey', {}, /no assets/],
    ['partitionKey', { partition_key_range: range }, /not for one single partition/],
    ['partitionKeyRange', {}, /not for partitions/],
    ['partitionTimeWindow', {}, /not for partitions/],
  ])('%s for %j has no answer', async (property, context, problem) => {
    const failure = await failureOf(context, (pipes) => pipes[property]);
    expect(failure.code).toBe('PIPES_CONTEXT_PROPERTY_UNDEFINED');
    expect(failure.message).toMatch(problem);
  });

  test.each([
    [{}, 'toString', /no extras/],
    [{ limit: 1, since: 2 }, 'limits', /"limits".*\["limit","since"\]/],
  ])('extras %j without %j', async (extras, key, problem) => {
    const failure = await failureOf({ extras }, (pipes) => pipes.getExtra(key));
    expect(failure.code).toBe('PIPES_CONTEXT_PROPERTY_UNDEFINED');
    expect(failure.message).toMatch(problem);
  });
});

describe('extras by a schema', () => {
  const schema = (
    validate: StandardSchema<{ limit: number }>['~standard']['validate'],
  ): StandardSchema<{ limit: number }> => ({
    '~standard': { version: 1, vendor: 'test', validate },
  });

  test('are what the schema makes of them', async () => {
    const run = await runWithTestPipes((pipes) => pipes.extrasAs(schema(() => ({ value: { limit: 3 } }))).limit);
    expect(run.outcome).toStrictEqual({ returned: 3 });
  });

  test('name every field that is wrong', async () => {
    const issues = [{ message: 'no number', path: ['limit', { key: 0 }] }, { message: 'odd' }];
    const failure = await failureOf({}, (pipes) => pipes.extrasAs(schema(() => ({ issues }))));
    expect(failure.code).toBe('PIPES_EXTRAS_INVALID');
    expect(failure.message).toContain('limit.0: no number; odd');
  });

  test('cannot be judged later', async () => {
    const failure = await failureOf({}, (pipes) => pipes.extrasAs(schema(async () => ({ value: { limit: 3 } }))));
    expect(failure.message).toContain('asynchronous');
  });
});

describe('logs', () => {
  test('take anything', async () => {
    const hostile = {
      get toJSON(): never {
        throw new Error('no');
      },
    };
    const run = await runWithTestPipes((pipes) => {
      pipes.log.debug('text');
      pipes.log.info({ big: 2n ** 60n, float: 0.5, name: 'é\u0000\\u00e9' });
      pipes.log.warning(undefined);
      pipes.log.error(new Error('outer', { cause: new TypeError('inner') }));
      pipes.log.critical(hostile);
      pipes.log.info(Symbol('s'));
    });
    expect(run.logs.map(({ level }) => level)).toStrictEqual(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'INFO']);
    expect(run.logs[1]?.message).toBe(String.raw`{"big": 1152921504606846976, "float": 0.5, "name": "é\u0000\\u00e9"}`);
    expect(run.logs[2]?.message).toBe('undefined');
    expect(run.logs[3]?.message).toMatch(/Error: outer[^]*at [^]*\[cause\]: TypeError: inner/);
    expect(run.logs[5]?.message).toBe('Symbol(s)');
  });

  test('of progress come thinned out, and with the last at the end', async () => {
    const run = await runWithTestPipes((pipes) => {
      for (let done = 0; done <= 70; done += 1) pipes.progress(done, 100);
    });
    expect(run.logs.map(({ message }) => message)).toStrictEqual(['progress 0/100 (0 %)', 'progress 70/100 (70 %)']);
  });
});

describe('after the end', () => {
  test.each<[string, (pipes: PipesContext) => void]>([
    ['log', (pipes) => pipes.log.info('late')],
    ['materialization', (pipes) => pipes.reportAssetMaterialization({ assetKey: 'a' })],
    ['check', (pipes) => pipes.reportAssetCheck({ checkName: 'c', passed: true, assetKey: 'a' })],
    ['custom message', (pipes) => pipes.reportCustomMessage(1)],
    ['output', (pipes) => pipes.logExternalStream('stdout', 'x')],
    ['progress', (pipes) => pipes.progress(1)],
  ])('%s is refused', async (_name, step) => {
    const failure = await failureOf({}, async (pipes) => {
      await pipes.close();
      expect(pipes.isClosed).toBe(true);
      step(pipes);
    });
    expect(failure.code).toBe('PIPES_SESSION_CLOSED');
  });

  test('closing again changes nothing', async () => {
    const run = await runWithTestPipes(async (pipes) => {
      await pipes.close();
      await pipes.close(new Error('too late'));
      await pipes.flush();
      await pipes[Symbol.asyncDispose]();
    });
    expect(run.exception).toBeNull();
    expect(run.messages.map(({ method }) => method)).toStrictEqual(['opened', 'closed']);
  });
});
