import { deepEqual, equal, match } from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import {
  decodeParam,
  encodeParam,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseWireJson,
  type PipesMessage,
  type PipesParams,
} from 'pipes-external/protocol';
import type { MessageChannel, PipesMessageReader } from '../message-readers/message-reader.ts';
import { RecordingSink } from './recording-sink.ts';

/** The external end of a channel. Every `PipesMessageWriterChannel` is one, but for `writeLine`. */
export interface WriterEnd {
  writeMessage(message: PipesMessage): void;
  /** Puts a line where messages go that is none: what else uses the place may do so. */
  writeLine(text: string): void | Promise<void>;
  /** Resolves when everything written is where the reader can find it. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** A reader whose messages come while their writer is open, and what belongs to it on the other side. */
export interface MessagePair {
  readonly reader: PipesMessageReader;
  /** Opens the external end, as the external process does by the params of the channel. */
  readonly openWriter: (channel: MessageChannel) => WriterEnd | Promise<WriterEnd>;
  /** For readers that are fed: gives a channel all that a writer writes, from its beginning. */
  readonly feed?: (channel: MessageChannel, writer: WriterEnd) => void;
  /** Whether nothing is left of what the reader made for these params. */
  readonly isCleanedUp: (params: PipesParams) => boolean | Promise<boolean>;
}

export interface MessageCase {
  readonly name: string;
  run(pair: MessagePair): Promise<void>;
}

/** A session's two ends, and the sink between them. */
interface Link extends AsyncDisposable {
  readonly sink: RecordingSink;
  readonly channel: MessageChannel;
  readonly writer: WriterEnd;
}

/** What every reader must do, with the writer that belongs to it. Plain data: `test.each(messageCases)('$name', …)`. */
export const messageCases: readonly MessageCase[] = [
  roundTrip('10,000 messages arrive in order, each once', numbers(10_000)),
  roundTrip('a message of a megabyte arrives', ['before', 'x'.repeat(1024 * 1024), 'after']),
  roundTrip('text beyond ASCII arrives as it was', ['é 日本 🎉 \u2028', '"quoted" \\ \n \u0000', '']),
  {
    name: 'what was written before anybody looked is delivered in the end',
    async run(pair) {
      await using link = await openLink(pair);
      write(link.writer, numbers(100));
      await link.writer.close();
      await link.channel.drain();
      deepEqual(textsIn(link.sink), numbers(100));
    },
  },
  {
    name: 'messages arrive while their writer is open',
    async run(pair) {
      await using link = await openLink(pair);
      for (const text of numbers(5)) {
        write(link.writer, [text]);
        await link.writer.flush();
        await link.sink.until(() => textsIn(link.sink).at(-1) === text);
      }
      await finish(link);
      deepEqual(textsIn(link.sink), numbers(5));
    },
  },
  {
    name: 'nothing is lost to a consumer that is behind, and nothing is pressed on it',
    async run(pair) {
      await using link = await openLink(pair);
      const release = link.sink.holdUp();
      write(link.writer, numbers(5_000));
      const finished = finish(link);
      await link.sink.until(() => link.sink.deliveries > 0);
      // That nothing more comes can only be waited for.
      await pause(50);
      equal(link.sink.deliveries, 1);
      release();
      await finished;
      equal(link.sink.mostAtOnce, 1);
      deepEqual(textsIn(link.sink), numbers(5_000));
    },
  },
  {
    name: 'one bad line stops nothing',
    async run(pair) {
      await using link = await openLink(pair);
      for (const bad of ['not JSON', '{"half', '5', '[]', '{"no": "message"}']) {
        write(link.writer, [`before ${bad}`]);
        await link.writer.flush();
        await link.writer.writeLine(bad);
      }
      write(link.writer, ['last']);
      await finish(link);
      equal(textsIn(link.sink).length, 6);
      equal(textsIn(link.sink).at(-1), 'last');
    },
  },
  {
    name: 'reading resumes at a cursor, with what came after it and nothing else',
    async run(pair) {
      await using first = await openLink(pair);
      write(first.writer, ['1', '2', '3']);
      await first.writer.flush();
      await first.sink.until(() => textsIn(first.sink).length === 3);
      const cursor = JSON.parse(JSON.stringify(first.sink.cursor)) as JsonValue;
      write(first.writer, ['4', '5']);
      await first.writer.close();
      const sink = new RecordingSink();
      await using second = await pair.reader.readMessages(sink, { resumeAt: cursor });
      pair.feed?.(second, first.writer);
      await second.drain();
      deepEqual(textsIn(sink), ['4', '5']);
    },
  },
  {
    name: 'a session that is given up stops at once, even while the consumer is busy',
    async run(pair) {
      const { channel, sink, writer } = await openLink(pair);
      sink.holdUp();
      write(writer, numbers(10));
      await sink.until(() => sink.deliveries > 0);
      await channel[Symbol.asyncDispose]();
      await writer.close();
      equal(await pair.isCleanedUp(channel.params), true);
    },
  },
  {
    name: 'nothing is left when the session is over',
    async run(pair) {
      const link = await openLink(pair);
      write(link.writer, ['1']);
      await finish(link);
      await link.channel[Symbol.asyncDispose]();
      equal(await pair.isCleanedUp(link.channel.params), true);
    },
  },
  {
    name: 'one reader serves one session after another',
    async run(pair) {
      for (const text of ['first', 'second', 'third']) {
        await using link = await openLink(pair);
        write(link.writer, [text]);
        await finish(link);
        deepEqual(textsIn(link.sink), [text]);
      }
    },
  },
  {
    name: 'params travel as JSON, and as a bootstrap word',
    async run(pair) {
      await using link = await openLink(pair);
      deepEqual(JSON.parse(JSON.stringify(link.channel.params)), link.channel.params);
      deepEqual(decodeParam(encodeParam(link.channel.params)), link.channel.params);
      await finish(link);
    },
  },
  {
    name: 'the debug text is a sentence',
    async run({ reader }) {
      match(reader.noMessagesDebugText(), /^\S.*\w.*\.$/s);
    },
  },
];

/** What a reader must do besides that makes a place of its own for each session. */
export const messageIsolationCases: readonly MessageCase[] = [
  {
    name: 'two sessions at once do not mix',
    async run(pair) {
      await using first = await openLink(pair);
      await using second = await openLink(pair);
      write(first.writer, ['a', 'b']);
      write(second.writer, ['c', 'd']);
      await Promise.all([finish(first), finish(second)]);
      deepEqual(textsIn(first.sink), ['a', 'b']);
      deepEqual(textsIn(second.sink), ['c', 'd']);
    },
  },
];

function roundTrip(name: string, texts: readonly string[]): MessageCase {
  return {
    name,
    async run(pair) {
      await using link = await openLink(pair);
      write(link.writer, texts);
      await finish(link);
      deepEqual(textsIn(link.sink), texts);
      deepEqual(link.sink.problems, []);
    },
  };
}

async function openLink(pair: MessagePair): Promise<Link> {
  const sink = new RecordingSink();
  const channel = await pair.reader.readMessages(sink, {});
  const writer = await pair.openWriter(channel);
  pair.feed?.(channel, writer);
  return { sink, channel, writer, [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose]() };
}

/** The external process ends: what it left is read. */
async function finish({ writer, channel }: Link): Promise<void> {
  await writer.close();
  await channel.drain();
}

function write(writer: WriterEnd, texts: readonly string[]): void {
  texts.forEach((message, index) => {
    writer.writeMessage({
      method: 'log',
      params: { message, level: 'INFO' },
      sequence: { writer: 'conformance', seq: index + 1 },
    });
  });
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}

/** What was logged, in order: other lines are not ours. */
function textsIn({ texts }: RecordingSink): readonly string[] {
  return texts.flatMap((text) => {
    const params = paramsOf(text);
    return typeof params?.['message'] === 'string' ? [params['message']] : [];
  });
}

function paramsOf(text: string): JsonObject | undefined {
  try {
    const envelope = parseWireJson(text);
    const params = isJsonObject(envelope) ? envelope['params'] : undefined;
    return isJsonObject(params) ? params : undefined;
  } catch {
    // A bad line, sent on purpose.
    return undefined;
  }
}
