import { writeFile } from 'node:fs/promises';
import { openPipesSession, type PipesError, type SessionProblem } from 'pipes-orchestrator';
import { describe, expect, test } from 'vitest';
import { filesOf, launch, launchWriting, type RawLine } from './launch.ts';
import { RecordingContext } from './recording-context.ts';
import { rejectionOf } from './rejection.ts';

const OPENED = '{"__dagster_pipes_version": "0.1", "method": "opened", "params": {"extras": {}}}';
const CLOSED = '{"__dagster_pipes_version": "0.1", "method": "closed", "params": null}';
const log = (message: string): string => `{"method": "log", "params": {"message": "${message}", "level": "INFO"}}`;
const numbered = (seq: number, method: string, params: string, rest = ''): string =>
  `{"method": "${method}", "params": ${params}, "writer": "w", "seq": ${seq}${rest}}`;

interface Ending {
  /** What the session rejected with. */
  readonly error: PipesError | undefined;
  readonly problems: readonly SessionProblem[];
  readonly logged: readonly string[];
}

/** A process writes these lines; the session is closed. */
async function endOf(lines: readonly RawLine[], strictness: 'strict' | 'dagster' = 'strict'): Promise<Ending> {
  const context = new RecordingContext();
  const session = await openPipesSession({ context, strictness });
  await launchWriting(session, lines);
  const error = await session.close().then(
    () => undefined,
    (reason: PipesError) => reason,
  );
  const logged = context.logged.filter((entry) => !entry.startsWith('debug'));
  return { error, problems: session.problems, logged };
}

describe('one bad line is one problem, and the stream goes on', () => {
  test.each<[string, RawLine, string]>([
    ['garbage', 'Segmentation fault', 'is not a Pipes message, where only messages belong: it is not JSON'],
    ['a truncated message', '{"__dagster_pipes_version": "0.1", "method": "lo', 'it is not JSON'],
    ['JSON that is no message', '{"level": "info", "msg": "hello"}', 'it is JSON, but not a message'],
    [
      'a wrong type',
      '{"method": "report_asset_check", "params": {"asset_key": 5}}',
      '"asset_key" must be a string, and is 5',
    ],
    ['params that are a list', '{"method": "log", "params": []}', 'the params of "log" are not an object'],
  ])('%s fails a strict session', async (_, line, reason) => {
    const { error, problems, logged } = await endOf([OPENED, log('before'), line, log('after'), CLOSED]);
    expect(error?.code).toBe('PIPES_SESSION_FAILED');
    expect(error?.message).toContain(reason);
    expect(error?.message).toContain('line 3');
    expect(problems).toEqual([expect.objectContaining({ kind: 'broken-message', fails: true })]);
    expect(logged).toEqual(['info before', `error ${problems[0]?.message}`, 'info after']);
  });

  test.each<[string, string, string]>([
    [
      'an unknown method',
      '{"__dagster_pipes_version": "0.1", "method": "pulse", "params": {}}',
      'unknown method "pulse"',
    ],
    [
      'an unknown key',
      '{"method": "log", "params": {"message": "m", "level": "INFO", "time": 1}}',
      'unknown key "time"',
    ],
    ['an unknown level', '{"method": "log", "params": {"message": "m", "level": "LOUD"}}', 'unknown log level "LOUD"'],
    ['a second opened', OPENED, '"opened" at line 2 (byte 81) came a second time'],
  ])('%s is odd and fails nothing', async (_, line, oddity) => {
    const { error, problems } = await endOf([OPENED, line, CLOSED]);
    expect(error).toBeUndefined();
    expect(problems).toMatchObject([{ kind: 'oddity', fails: false }]);
    expect(problems[0]?.message).toContain(oddity);
  });

  test('bytes that are no text are a problem of the channel, and the line is judged all the same', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"method": "log", "params": {"message": "caf'),
      Buffer.from([0xe9]),
      Buffer.from('"}}\n'),
    ]);
    const { error, problems, logged } = await endOf([OPENED, { base64: bytes.toString('base64') }, CLOSED]);
    expect(error).toBeUndefined();
    expect(problems).toMatchObject([{ kind: 'channel', fails: false }]);
    expect(problems[0]?.message).toContain('not valid UTF-8');
    expect(logged.at(-1)).toBe('info caf\ufffd');
  });

  test('a message cut off by the death of its writer is named', async () => {
    const { error } = await endOf([
      OPENED,
      CLOSED,
      { base64: Buffer.from('{"method": "log", "par').toString('base64') },
    ]);
    expect(error?.message).toContain('is cut off');
  });

  test('messages before opened and after closed are handled', async () => {
    const { error, problems, logged } = await endOf([log('early'), OPENED, CLOSED, log('late')]);
    expect(error).toBeUndefined();
    expect(logged).toEqual(expect.arrayContaining(['info early', 'info late']));
    expect(problems.map(({ kind }) => kind)).toEqual(['oddity', 'oddity']);
  });

  test('a million lines of garbage fill neither the memory nor the log', async () => {
    const context = new RecordingContext();
    const session = await openPipesSession({ context });
    const [, messages = ''] = filesOf(session);
    await writeFile(messages, 'garbage\n'.repeat(1_000_000));
    await expect(session.close()).rejects.toThrow('- and 999900 more like these');
    expect(session.problems).toHaveLength(101);
    expect(context.logged).toHaveLength(102);
  });
});

describe('numbers', () => {
  const opened = numbered(1, 'opened', '{"extras": {}}');
  const closed = (seq: number, total: number): string => numbered(seq, 'closed', '{}', `, "total": ${total}`);
  const hello = (seq: number): string => numbered(seq, 'log', `{"message": "hello ${seq}", "level": "INFO"}`);

  test('a gap fails and names what is missing', async () => {
    const { error } = await endOf([opened, hello(2), hello(5), hello(7), closed(8, 8)]);
    expect(error?.message).toContain('Messages 3-4, 6 of writer w did not arrive');
  });

  test('a total that is larger than what came fails', async () => {
    const { error } = await endOf([opened, hello(2), closed(3, 5)]);
    expect(error?.message).toContain('Messages 4-5 of writer w did not arrive');
  });

  test('a duplicate is dropped', async () => {
    const { error, problems, logged } = await endOf([opened, hello(2), hello(2), hello(3), hello(2), closed(4, 4)]);
    expect(error).toBeUndefined();
    expect(problems.map(({ kind }) => kind)).toEqual(['oddity', 'oddity']);
    expect(logged.filter((entry) => entry.startsWith('info'))).toEqual(['info hello 2', 'info hello 3']);
  });
});

describe('a process that does not end well', () => {
  test('and says nothing fails, with what was tried and what to look at', async () => {
    const { error, logged } = await endOf([]);
    expect(error?.code).toBe('PIPES_SESSION_FAILED');
    expect(error?.message).toContain('never opened its Pipes session: no message came from it');
    expect(error?.message).toContain('Attempted to inject the context by a local temporary file');
    expect(error?.message).toContain('Attempted to read messages from a local temporary file');
    expect(error?.message).toContain('getBootstrapEnvVars()');
    expect(logged).toEqual([expect.stringMatching(/^error The external process never opened/)]);
  });

  test('and says nothing only warns as Python would', async () => {
    const { error, logged } = await endOf([], 'dagster');
    expect(error).toBeUndefined();
    expect(logged).toEqual([expect.stringMatching(/^warning The external process never opened/)]);
  });

  test('and never closes fails', async () => {
    const { error } = await endOf([OPENED, log('last words')]);
    expect(error?.message).toContain('opened its session and never closed it');
    expect((await endOf([OPENED], 'dagster')).error).toBeUndefined();
  });

  test('and closes with an error fails with that error, its stack and its causes', async () => {
    const session = await openPipesSession({ context: new RecordingContext({ assetKeys: ['a'] }) });
    await launch(session, 'fail.mjs');
    const error = await rejectionOf(session.close());
    expect(error.message).toMatch(/RangeError: too many rows\n\s+at .*fail\.mjs[^]*Caused by: Error: disk is slow/);
    expect(error.cause).toMatchObject({
      name: 'RangeError',
      message: 'too many rows',
      cause: { message: 'disk is slow' },
    });
    expect(session.exception).toMatchObject({ name: 'RangeError', cause: { message: 'disk is slow' } });
    expect(session.getResults()).toEqual([]);
  });

  test('and closes with an error is tolerated as Python tolerates it, with implicit materializations', async () => {
    const context = new RecordingContext({ assetKeys: ['a'] });
    const session = await openPipesSession({ context, strictness: 'dagster' });
    await launch(session, 'fail.mjs');
    await session.close();
    expect(session.getResults()).toMatchObject([{ assetKey: 'a', isImplicit: true }]);
    expect(context.logged).toContain('error The external process failed: RangeError: too many rows');
  });
});

describe('a host that throws', () => {
  test('does not stop the reader, and does not pass for success', async () => {
    const context = new RecordingContext();
    const failing = Object.assign(context, {
      output: () => {
        throw new Error('the terminal is gone');
      },
    });
    const session = await openPipesSession({ context: failing, extras: { limit: 1 } });
    await launch(session, 'report.mjs');
    await expect(session.close()).rejects.toThrow('The orchestrator could not take what came at line');
    expect(session.problems.map(({ message }) => message)).toEqual([expect.stringContaining('the terminal is gone')]);
    expect(session.getResults()).toHaveLength(2);
  });

  test('also where it is its log', async () => {
    const fail = (): never => {
      throw new Error('the log is full');
    };
    const context = { runId: 'x', log: { debug: fail, info: fail, warning: fail, error: fail, critical: fail } };
    const session = await openPipesSession({ context });
    await launchWriting(session, [OPENED, CLOSED]);
    await expect(session.close()).rejects.toThrow('the log is full');
  });
});

test('a report of an asset that the step does not make fails a strict session, and is handed over', async () => {
  const context = new RecordingContext({ assetKeys: ['a'] });
  const session = await openPipesSession({ context });
  const report = '{"method": "report_asset_materialization", "params": {"asset_key": "zzz"}}';
  await launchWriting(session, [OPENED, report, CLOSED]);
  const error = await rejectionOf(session.close());
  expect(error.message).toContain('reports the asset "zzz", and the step makes a.');
  expect(session.getReportedResults()).toMatchObject([{ assetKey: 'zzz' }]);
});
