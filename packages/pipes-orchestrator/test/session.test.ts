import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { MetadataValue } from 'pipes-external/protocol';
import { openPipesSession, type PipesExecutionResult, withPipesSession } from 'pipes-orchestrator';
import { describe, expect, test } from 'vitest';
import { filesOf, launch, launchWriting } from './launch.ts';
import { RecordingContext } from './recording-context.ts';

const OPENED = '{"method": "opened", "params": {"extras": {}}}';
const CLOSED = '{"method": "closed", "params": {}}';

const materialization = {
  kind: 'materialization',
  assetKey: 'raw/orders',
  metadata: { rows: MetadataValue.int(3) },
  dataVersion: 'v1',
};
const check = {
  kind: 'check',
  assetKey: 'raw/orders',
  checkName: 'fresh',
  passed: false,
  severity: 'WARN',
  metadata: {},
};

describe('a process that reports', () => {
  test('is told its context, and all it reports arrives', async () => {
    const context = new RecordingContext({ assetKeys: ['raw/orders', 'raw/items'] });
    const session = await openPipesSession({ context, extras: { limit: 7 } });
    await launch(session, 'report.mjs');
    await session.close();
    expect(context.logged).toEqual([
      'debug The external process opened its Pipes session.',
      'info run run-1, limit 7',
      'warning careful',
      'debug The external process closed its Pipes session.',
    ]);
    expect(context.printed).toEqual({ stdout: 'printed\n', stderr: '' });
    expect(session.problems).toEqual([]);
    expect(session.getCustomMessages()).toEqual([{ progress: 0.5 }]);
    expect(session.getCustomMessages()).toEqual([]);
  });

  test('gives each result once; what was not reported is implied after the end, once', async () => {
    const session = await openPipesSession({
      context: new RecordingContext({ assetKeys: ['raw/orders', 'raw/items'] }),
      extras: { limit: 1 },
    });
    await launch(session, 'report.mjs');
    expect(session.isClosed).toBe(false);
    await session.close();
    expect(session.isClosed).toBe(true);
    expect(session.pendingResults).toBe(2);
    expect(session.getResults({ metadata: { pid: 42 } })).toEqual([
      { ...materialization, metadata: { rows: MetadataValue.int(3), pid: MetadataValue.int(42) } },
      { ...check, metadata: { pid: MetadataValue.int(42) } },
      {
        kind: 'materialization',
        assetKey: 'raw/items',
        metadata: { pid: MetadataValue.int(42) },
        dataVersion: null,
        isImplicit: true,
      },
    ]);
    expect(session.getResults()).toEqual([]);
  });

  test('a check does not stand for its asset, as in Python', async () => {
    const session = await openPipesSession({ context: new RecordingContext({ assetKeys: ['a'] }) });
    const report =
      '{"method": "report_asset_check", "params": {"asset_key": "a", "check_name": "c", "passed": true, "severity": "ERROR", "metadata": null}}';
    await launchWriting(session, [OPENED, report, CLOSED]);
    await session.close();
    expect(session.getReportedResults()).toMatchObject([{ kind: 'check' }]);
    expect(session.getResults()).toMatchObject([{ assetKey: 'a', isImplicit: true }]);
  });

  test('leaves nothing behind when the session is closed', async () => {
    const session = await openPipesSession({ context: new RecordingContext(), strictness: 'dagster' });
    const paths = filesOf(session);
    expect(paths.map(existsSync)).toEqual([true, true]);
    await Promise.all([session.close(), session.close()]);
    expect(paths.map(existsSync)).toEqual([false, false]);
    await session.close();
  });
});

describe('streaming', () => {
  test('gives results while the process runs, and ends when it says that it closed', async () => {
    await using session = await openPipesSession({ context: new RecordingContext(), extras: { limit: 1 } });
    const running = launch(session, 'report.mjs');
    const results: PipesExecutionResult[] = [];
    for await (const result of session.results()) results.push(result);
    expect(results).toEqual([materialization, check]);
    expect(session.getResults()).toEqual([]);
    await running;
  });

  test('ends when the process is gone, though it never closed', async () => {
    const session = await openPipesSession({ context: new RecordingContext(), strictness: 'dagster' });
    const report =
      '{"method": "report_asset_materialization", "params": {"asset_key": "a", "metadata": null, "data_version": null}}';
    const until = launchWriting(session, [OPENED, report]);
    const keys: string[] = [];
    for await (const { assetKey } of session.results({ until })) keys.push(assetKey);
    expect(keys).toEqual(['a']);
    await session.close();
  });

  test('a consumer that is slow gets every one, in order, and holds the reader up', async () => {
    const count = 6_000;
    await using session = await openPipesSession({ context: new RecordingContext() });
    const until = launch(session, 'report-many.mjs', String(count));
    let taken = 0;
    let mostPending = 0;
    for await (const { assetKey } of session.results({ until })) {
      taken += 1;
      expect(assetKey).toBe(`asset ${taken}`);
      mostPending = Math.max(mostPending, session.pendingResults);
      if (taken === 1) await until;
      else if (taken % 100 === 0) await new Promise(setImmediate);
    }
    expect(taken).toBe(count);
    expect(mostPending).toBeLessThanOrEqual(1_000);
  });

  test('closing the session within the loop does not wait for the loop', async () => {
    const session = await openPipesSession({ context: new RecordingContext() });
    const until = launch(session, 'report-many.mjs', '3000');
    let taken = 0;
    for await (const result of session.results({ until })) {
      taken += 1;
      if (result.assetKey === 'asset 1') {
        await until;
        await session.close();
      }
    }
    expect(taken).toBe(3_000);
  });

  test('ends with the session when the process never closed', async () => {
    const session = await openPipesSession({ context: new RecordingContext(), strictness: 'dagster' });
    await launchWriting(session, [OPENED]);
    const end = session.results()[Symbol.asyncIterator]().next();
    await session.close();
    expect((await end).done).toBe(true);
  });
});

test('an orchestrator that only waits for results stays alive until they have come', async () => {
  const waiting = execa(process.execPath, [fileURLToPath(new URL('fixtures/waiting-host.ts', import.meta.url))], {
    stdin: 'ignore',
    reject: false,
  });
  const lines = waiting.iterable({ from: 'stdout' })[Symbol.asyncIterator]();
  const bootstrap = JSON.parse(String((await lines.next()).value)) as Record<string, string>;
  // Longer than the process takes to end when nothing keeps it.
  await Promise.race([waiting, pause(500)]);
  const fixture = fileURLToPath(new URL('fixtures/report-many.mjs', import.meta.url));
  await execa(process.execPath, [fixture, '2'], { env: bootstrap, stdin: 'ignore' });
  expect((await lines.next()).value).toBe('["asset 1","asset 2"]');
  expect((await waiting).exitCode).toBe(0);
});

describe('withPipesSession', () => {
  test('closes after the body and gives what the body gave', async () => {
    const context = new RecordingContext();
    const opened = await withPipesSession({ context, extras: { limit: 1 } }, async (session) => {
      await launch(session, 'report.mjs');
      return session;
    });
    expect(opened.isClosed).toBe(true);
    expect(opened.getResults()).toHaveLength(2);
  });

  test('rejects with what the body threw, and closes all the same', async () => {
    const context = new RecordingContext();
    const failure = new Error('the body failed');
    const paths: string[] = [];
    const run = withPipesSession({ context }, (session) => {
      paths.push(...filesOf(session));
      throw failure;
    });
    await expect(run).rejects.toBe(failure);
    expect(paths.map(existsSync)).toEqual([false, false]);
    expect(context.logged).toEqual([expect.stringContaining('error The external process never opened')]);
  });
});

describe('cancellation', () => {
  test('ends streams and does not wait for the process', async () => {
    const cancel = new AbortController();
    const context = new RecordingContext();
    const session = await openPipesSession({ context, signal: cancel.signal });
    const streaming = session.results()[Symbol.asyncIterator]().next();
    cancel.abort(new Error('the user has had enough'));
    await expect(streaming).rejects.toMatchObject({ code: 'PIPES_CANCELLED' });
    await expect(session.close()).rejects.toThrow('cancelled: the user has had enough');
    expect(session.isClosed).toBe(true);
    expect(filesOf(session).map(existsSync)).toEqual([false, false]);
  });

  test('before it opens, opens nothing', async () => {
    const context = new RecordingContext({ signal: AbortSignal.abort(new Error('too late')) });
    await expect(openPipesSession({ context })).rejects.toMatchObject({ code: 'PIPES_CANCELLED' });
  });
});
