import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PipesParams } from 'pipes-external/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PipesFileMessageReader } from '../src/message-readers/file.ts';
import type { MessageChannel } from '../src/message-readers/message-reader.ts';
import { PipesTempFileMessageReader } from '../src/message-readers/temp-file.ts';
import { RecordingSink } from './recording-sink.ts';

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
    sink.gate = new Promise(() => {});
    const channel = await new PipesTempFileMessageReader().readMessages(sink, {});
    appendFileSync(pathOf(channel.params), '{"n": 1}\n');
    await channel[Symbol.asyncDispose]();
    expect(existsSync(pathOf(channel.params))).toBe(false);
  });
});
