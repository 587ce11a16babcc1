import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openPipesSession,
  type PipesExecutionResult,
  PipesFileMessageReader,
  type PipesSession,
  type PipesSessionCursor,
} from 'pipes-orchestrator';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launchWriting } from './launch.ts';
import { RecordingContext } from './recording-context.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pipes-resume-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** A session whose orchestrator dies: its file stays. */
async function open(context: RecordingContext, resumeAt?: PipesSessionCursor): Promise<PipesSession> {
  const messageReader = new PipesFileMessageReader(join(directory, 'messages'), { cleanupFile: false });
  return await openPipesSession({ context, messageReader, resumeAt });
}

async function die(session: PipesSession, cancel: AbortController): Promise<void> {
  cancel.abort(new Error('killed'));
  await expect(session.close()).rejects.toMatchObject({ code: 'PIPES_CANCELLED' });
}

const OPENED = '{"method": "opened", "params": {"extras": {"where": "here"}}}';
const CLOSED = '{"method": "closed", "params": {}}';
const report = (key: string): string =>
  `{"method": "report_asset_materialization", "params": {"asset_key": "${key}", "metadata": {"big": {"type": "int", "raw_value": 9007199254740993}, "ratio": {"type": "float", "raw_value": NaN}}, "data_version": null}}`;
const custom = (payload: number): string => `{"method": "report_custom_message", "params": {"payload": ${payload}}}`;

/** Short lines, so that one batch holds more of them than a stream lets in. */
const shortReports = (count: number): readonly string[] =>
  Array.from(
    { length: count },
    (_, at) => `{"method": "report_asset_materialization", "params": {"asset_key": "asset ${at}"}}`,
  );

test('a session goes on where another stopped, and everything arrives exactly once', async () => {
  const cancel = new AbortController();
  const context = new RecordingContext({ assetKeys: ['a', 'b', 'c', 'd'], signal: cancel.signal });
  const first = await open(context);
  await launchWriting(first, [OPENED, report('a'), report('b'), custom(1), custom(2)]);
  const taken: PipesExecutionResult[] = [];
  for await (const result of first.results()) {
    taken.push(result);
    break;
  }
  await context.until(() => context.logged.length > 0);
  // What nobody took by now travels in the cursor: b, and the custom messages.
  const stored = JSON.parse(JSON.stringify(first.cursor)) as PipesSessionCursor;
  await die(first, cancel);

  const later = new RecordingContext({ assetKeys: ['a', 'b', 'c', 'd'] });
  const second = await open(later, stored);
  await launchWriting(second, [report('c'), CLOSED]);
  await second.close();
  expect([...taken, ...second.getResults()]).toMatchObject([
    { assetKey: 'a', metadata: { big: { value: 9007199254740993n }, ratio: { value: Number.NaN } } },
    { assetKey: 'b', metadata: { big: { value: 9007199254740993n }, ratio: { value: Number.NaN } } },
    { assetKey: 'c' },
    { assetKey: 'd', isImplicit: true },
  ]);
  expect(second.getCustomMessages()).toEqual([1, 2]);
  expect(second.problems).toEqual([]);
});

test('wherever it stopped, also amid a batch', async () => {
  const keys = Array.from({ length: 2_500 }, (_, at) => `asset ${at}`);
  const lines = [OPENED, ...shortReports(keys.length), CLOSED];
  const cancel = new AbortController();
  const first = await open(new RecordingContext({ signal: cancel.signal }));
  await appendFile(join(directory, 'messages'), `${lines.join('\n')}\n`);
  const taken: string[] = [];
  let stored: PipesSessionCursor | undefined;
  for await (const { assetKey } of first.results()) {
    taken.push(assetKey);
    stored = first.cursor;
    if (taken.length === 234) break;
  }
  await die(first, cancel);

  const second = await open(new RecordingContext(), stored);
  await second.close();
  expect([...taken, ...second.getResults().map(({ assetKey }) => assetKey)]).toEqual(keys);
});

test('problems of the session before still fail it', async () => {
  const cancel = new AbortController();
  const context = new RecordingContext({ signal: cancel.signal });
  const first = await open(context);
  await launchWriting(first, [OPENED, 'garbage']);
  await context.until(() => context.logged.some((entry) => entry.includes('it is not JSON')));
  const stored = first.cursor;
  await die(first, cancel);

  const second = await open(new RecordingContext(), stored);
  await appendFile(join(directory, 'messages'), `${CLOSED}\n`);
  await expect(second.close()).rejects.toThrow('it is not JSON');
});

test('a session whose process had closed before is over for whoever streams it', async () => {
  const cancel = new AbortController();
  const first = await open(new RecordingContext({ signal: cancel.signal }));
  await launchWriting(first, [OPENED, report('a'), CLOSED]);
  for await (const { assetKey } of first.results()) expect(assetKey).toBe('a');
  const stored = first.cursor;
  await die(first, cancel);

  const second = await open(new RecordingContext(), stored);
  for await (const result of second.results()) expect(result).toBe('none');
  await second.close();
});

test('the problems of the session before are counted on, and those of a place that is read again count once', async () => {
  const cancel = new AbortController();
  const context = new RecordingContext({ signal: cancel.signal });
  const first = await open(context);
  // One batch: a line that is no text, reported before it is handled, then more garbage than is kept, then more results
  // than a stream lets in.
  const text = [OPENED, 'caf\u00e9', ...Array.from({ length: 150 }, () => 'garbage'), ...shortReports(1_500), CLOSED];
  await appendFile(join(directory, 'messages'), Buffer.from(`${text.join('\n')}\n`, 'latin1'));
  let stored: PipesSessionCursor | undefined;
  for await (const _ of first.results()) {
    stored = first.cursor;
    break;
  }
  await die(first, cancel);

  const second = await open(new RecordingContext(), stored);
  await expect(second.close()).rejects.toThrow('and 51 more like these');
  expect(second.problems.filter(({ message }) => message.includes('not valid UTF-8'))).toHaveLength(1);
});
