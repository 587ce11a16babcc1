import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { PipesParams } from 'pipes-external/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PipesFileMessageReader } from '../src/message-readers/file.ts';
import type { MessageChannel } from '../src/message-readers/message-reader.ts';
import { PipesStdioMessageReader } from '../src/message-readers/stdio.ts';
import { PipesTempFileMessageReader } from '../src/message-readers/temp-file.ts';
import { RecordingSink } from '../src/testing/recording-sink.ts';

let directory: string;
let sink: RecordingSink;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pipes-test-'));
  sink = new RecordingSink();
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const pathOf = (params: PipesParams): string => params['path'] as string;
const openFile = async (path: string, resumeAt?: RecordingSink['cursor']): Promise<MessageChannel> =>
  await new PipesFileMessageReader(path, { cleanupFile: false }).readMessages(sink, { resumeAt });

/** Another reader of the file, with nobody to wait for: when it is through, so would be one that does not wait. */
async function readWhole(path: string): Promise<void> {
  const reader = new PipesFileMessageReader(path, { cleanupFile: false });
  await using channel = await reader.readMessages(new RecordingSink(), { resumeAt: { path, offset: 0, line: 1 } });
  await channel.drain();
}

describe('a temporary file', () => {
  test('is private, announced by its params, and gone with its directory afterwards', async () => {
    const reader = new PipesTempFileMessageReader({ includeStdioInMessages: true });
    const channel = await reader.readMessages(sink, {});
    const path = pathOf(channel.params);
    expect(channel.params).toEqual({ path, include_stdio_in_messages: true });
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(dirname(path)).mode & 0o777).toString(8)).toBe('700');
    await channel.drain();
    await channel[Symbol.asyncDispose]();
    expect(existsSync(dirname(path))).toBe(false);
  });

  test('hands over what a child writes, while it lives, and the rest when it is gone', async () => {
    await using channel = await new PipesTempFileMessageReader().readMessages(sink, {});
    const script = `
      const { appendFileSync } = require('node:fs');
      appendFileSync(process.argv[1], '{"first": "é"}\\n');
      process.stdin.once('data', () => {
        appendFileSync(process.argv[1], '{"second": 2}\\n{"third"');
        process.exit();
      });`;
    const child = spawn(process.execPath, ['-e', script, pathOf(channel.params)], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    await sink.until(() => sink.texts.length === 1);
    child.stdin.write('go on\n');
    await once(child, 'exit');
    await channel.drain();
    expect(sink.texts).toEqual(['{"first": "é"}', '{"second": 2}']);
    expect(sink.places).toEqual(['line 1 (byte 0)', 'line 2 (byte 16)']);
    expect(sink.problemTexts).toEqual([expect.stringMatching(/cut off: line 3 \(byte 30\) has 8 bytes/)]);
    expect(sink.problems[0]?.mayHaveLostMessages).toBe(true);
  });

  test('is taken up at a cursor, and never a file that was not made for it', async () => {
    const reader = new PipesTempFileMessageReader();
    const first = await reader.readMessages(sink, {});
    const path = pathOf(first.params);
    writeFileSync(path, '{"n": 1}\n');
    await sink.until(() => sink.texts.length === 1);
    appendFileSync(path, '{"n": 2}\n');
    const later = new RecordingSink();
    const second = await reader.readMessages(later, { resumeAt: sink.cursor });
    await second.drain();
    expect(later.texts).toEqual(['{"n": 2}']);
    expect(later.places).toEqual(['line 2 (byte 9)']);
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();

    const own = join(directory, 'messages');
    await expect(reader.readMessages(sink, { resumeAt: { path: own, offset: 0, line: 1 } })).rejects.toThrow(
      /not a file that PipesTempFileMessageReader made.*PIPES_READER_FAILED/,
    );
  });

  test('that nobody drained is left at once, also while the consumer is busy', async () => {
    sink.holdUp();
    const channel = await new PipesTempFileMessageReader().readMessages(sink, {});
    appendFileSync(pathOf(channel.params), '{"n": 1}\n');
    await sink.until(() => sink.deliveries === 1);
    await channel[Symbol.asyncDispose]();
    expect(existsSync(pathOf(channel.params))).toBe(false);
  });
});

describe('what a reader is given', () => {
  test.each<[string, () => unknown]>([
    ['path', () => new PipesFileMessageReader('')],
    ['pollMs', () => new PipesFileMessageReader('x', { pollMs: 0 })],
    ['pollMs', () => new PipesTempFileMessageReader({ pollMs: Number.POSITIVE_INFINITY })],
    ['maxLineBytes', () => new PipesTempFileMessageReader({ maxLineBytes: 1.5 })],
    ['maxLineBytes', () => new PipesFileMessageReader('x', { maxLineBytes: 0 })],
    ['maxLineBytes', () => new PipesStdioMessageReader({ stream: 'stdout', maxLineBytes: Number.NaN })],
  ])('is judged at once: %s', (name, make) => {
    expect(make).toThrow(new RegExp(`MessageReader: the option "${name}" must be .*PIPES_OPTION_INVALID`));
  });

  test('travels as an absolute path, whatever the working directory of the other side', async () => {
    const path = relative(process.cwd(), join(directory, 'messages'));
    await using channel = await new PipesFileMessageReader(path).readMessages(sink, {});
    expect(channel.params).toMatchObject({ path: join(directory, 'messages') });
  });
});

describe('a file at a known path', () => {
  test('is emptied, read, and deleted in the end unless it is to be kept', async () => {
    const path = join(directory, 'messages');
    writeFileSync(path, '{"of": "an earlier session"}\n');
    const channel = await new PipesFileMessageReader(path).readMessages(sink, {});
    expect(channel.params).toEqual({ path, include_stdio_in_messages: false });
    appendFileSync(path, '{"n": 1}\n');
    await channel.drain();
    await channel[Symbol.asyncDispose]();
    expect(sink.texts).toEqual(['{"n": 1}']);
    expect(existsSync(path)).toBe(false);

    writeFileSync(path, '', { mode: 0o622 });
    chmodSync(path, 0o622);
    const kept = await openFile(path);
    expect((statSync(path).mode & 0o777).toString(8)).toBe('622');
    await kept.drain();
    await kept[Symbol.asyncDispose]();
    expect(existsSync(path)).toBe(true);
  });

  test.each([
    ['a directory that is missing', 'missing/messages', /its directory does not exist/],
    ['a directory at the path', '.', /a directory is at this path/],
    ['a file where a directory should be', 'file/messages', /a part of its directory is a file/],
  ])('%s is a clear error', async (_, name, expected) => {
    writeFileSync(join(directory, 'file'), '');
    const opening = openFile(join(directory, name));
    await expect(opening).rejects.toThrow(expected);
    await expect(opening).rejects.toMatchObject({ code: 'PIPES_READER_FAILED' });
  });

  test('is resumed after the last whole line that was handed over', async () => {
    const path = join(directory, 'messages');
    const first = await openFile(path);
    appendFileSync(path, '{"n": 1}\n\n{"n": 2');
    await sink.until(() => sink.texts.length === 1);
    await first[Symbol.asyncDispose]();
    expect(sink.cursor).toEqual({ path, offset: 10, line: 3 });
    appendFileSync(path, '}\n{"n": 3}\n');
    const second = await openFile(path, sink.cursor);
    await second.drain();
    await second[Symbol.asyncDispose]();
    expect(sink.texts).toEqual(['{"n": 1}', '{"n": 2}', '{"n": 3}']);
    expect(sink.problems).toEqual([]);
  });

  test.each([
    ['beyond the end of the file', { offset: 99, line: 4 }, /at byte 99: it has 9 bytes/],
    ['of another file', { path: '/elsewhere', offset: 0, line: 1 }, /the cursor is of another file, \/elsewhere/],
    ['of something else', { chunk: 3, path: 7 }, /is not a cursor of a message file/],
  ])('a cursor %s is refused', async (_, cursor, expected) => {
    const path = join(directory, 'messages');
    writeFileSync(path, '{"n": 1}\n');
    await expect(openFile(path, { path, ...cursor })).rejects.toThrow(expected);
  });

  test('that is truncated is a problem, and is read again from its start', async () => {
    const path = join(directory, 'messages');
    const channel = await openFile(path);
    appendFileSync(path, '{"n": 1}\n{"n": 2}\n');
    await sink.until(() => sink.texts.length === 2);
    truncateSync(path, 0);
    await sink.until(() => sink.problems.length === 1);
    appendFileSync(path, '{"n": 3}\n');
    await channel.drain();
    expect(sink.problemTexts).toEqual([expect.stringMatching(/truncated from 18 to 0 bytes/)]);
    expect(sink.problems[0]?.mayHaveLostMessages).toBe(true);
    expect(sink.texts).toEqual(['{"n": 1}', '{"n": 2}', '{"n": 3}']);
    expect(sink.places.at(-1)).toBe('line 1 (byte 0)');
    await channel[Symbol.asyncDispose]();
  });

  test('that is replaced is read to its end, and then the new one', async () => {
    const path = join(directory, 'messages');
    const channel = await openFile(path);
    const other = join(directory, 'other');
    appendFileSync(path, '{"n": 1}\n{"n": 2}');
    writeFileSync(other, '{"n": 3}\n');
    renameSync(other, path);
    await sink.until(() => sink.texts.length === 3);
    appendFileSync(path, '{"n": 4}\n');
    await channel.drain();
    expect(sink.texts).toEqual(['{"n": 1}', '{"n": 2}', '{"n": 3}', '{"n": 4}']);
    expect(sink.problemTexts).toEqual([expect.stringMatching(/was deleted or replaced/)]);
    await channel[Symbol.asyncDispose]();
  });

  test('that is deleted is a problem at once, and found again when a writer makes it anew', async () => {
    const path = join(directory, 'messages');
    const channel = await openFile(path);
    appendFileSync(path, '{"n": 1}\n');
    await sink.until(() => sink.texts.length === 1);
    rmSync(path);
    await sink.until(() => sink.problems.length === 1);
    appendFileSync(path, '{"n": 2}\n');
    await sink.until(() => sink.texts.length === 2);
    await channel.drain();
    expect(sink.problemTexts).toEqual([expect.stringMatching(/was deleted or replaced/)]);
    await channel[Symbol.asyncDispose]();
  });

  test('that was moved aside is still read, and so is the one that takes its place', async () => {
    const path = join(directory, 'messages');
    const channel = await openFile(path);
    renameSync(path, join(directory, 'messages.1'));
    appendFileSync(join(directory, 'messages.1'), '{"n": 1}\n');
    writeFileSync(path, '{"n": 2}\n');
    await channel.drain();
    expect(sink.texts).toEqual(['{"n": 1}', '{"n": 2}']);
    expect(sink.problemTexts).toEqual([expect.stringMatching(/was replaced/)]);
    await channel[Symbol.asyncDispose]();
  });

  test('of a slow consumer is not read ahead of it, and nothing of it is lost', async () => {
    const path = join(directory, 'messages');
    const release = sink.holdUp();
    const channel = await openFile(path);
    const lines = Array.from({ length: 20_000 }, (_, n) => JSON.stringify({ n, padding: 'x'.repeat(40) }));
    appendFileSync(path, `${lines.join('\n')}\n`);
    await sink.until(() => sink.deliveries === 1);
    appendFileSync(path, '{"n": "last"}\n');
    const drained = channel.drain();
    await readWhole(path);
    expect(sink.deliveries).toBe(1);
    release();
    await drained;
    expect(sink.deliveries).toBeGreaterThan(2);
    expect(sink.mostAtOnce).toBe(1);
    expect(sink.texts).toEqual([...lines, '{"n": "last"}']);
    await channel[Symbol.asyncDispose]();
  });

  test('with garbage, bytes that are not text and an endless line loses only what cannot be read', async () => {
    const path = join(directory, 'messages');
    const reader = new PipesFileMessageReader(path, { maxLineBytes: 1_000_000 });
    await using channel = await reader.readMessages(sink, {});
    appendFileSync(path, '{"n": 1}\nrubbish\n');
    appendFileSync(path, Buffer.concat([Buffer.of(0xff, 0x00, 0x80), Buffer.from('\n')]));
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let written = 0; written < 100; written += 1) appendFileSync(path, megabyte);
    appendFileSync(path, '\n{"n": 2}\n');
    await channel.drain();
    expect(sink.texts).toEqual(['{"n": 1}', 'rubbish', '\ufffd\0\ufffd', '{"n": 2}']);
    expect(sink.problemTexts).toEqual([
      expect.stringMatching(/^line 3 .*not valid UTF-8/),
      expect.stringMatching(/^line 4 .*has 104,857,600 bytes.*skipped/),
    ]);
    expect(sink.problems.map((problem) => problem.mayHaveLostMessages)).toEqual([false, true]);
  });
});
