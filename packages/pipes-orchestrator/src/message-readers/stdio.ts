import { StringDecoder } from 'node:string_decoder';
import { isJsonObject, type JsonValue, type PipesParams, type PipesStream } from 'pipes-external/protocol';
import { judgeCount, wrongOption } from '../judge-option.ts';
import { Handover } from './handover.ts';
import { DEFAULT_MAX_LINE_BYTES } from './line-splitter.ts';
import { type Extracted, MessageExtractor } from './message-extractor.ts';
import {
  type ChannelProblem,
  type MessageSink,
  type OutputMessageChannel,
  PipesMessageReader,
  type ReadMessagesOptions,
} from './message-reader.ts';
import { reasonOf } from '../reason.ts';
import { readerFailed } from './reader-failed.ts';

export interface PipesStdioMessageReaderOptions {
  /** The stream of the external process that carries messages among its other output. */
  readonly stream: PipesStream;
  /** Have the external process keep its messages until it ends, then write them at once. @default false */
  readonly buffered?: boolean | undefined;
  /** Longer messages are skipped, each with a problem. @default 16 MiB */
  readonly maxLineBytes?: number | undefined;
}

/**
 * Reads messages out of what an external process prints: for containers, and wherever else only output comes back. Whoever
 * owns that output gives it to the channel of the session, a {@link StdioMessageChannel}; `PipesSubprocessClient` does so
 * by itself.
 */
export class PipesStdioMessageReader extends PipesMessageReader {
  readonly #options: PipesStdioMessageReaderOptions;

  /** @throws PipesError PIPES_OPTION_INVALID */
  constructor(options: PipesStdioMessageReaderOptions) {
    super();
    if (options.stream !== 'stdout' && options.stream !== 'stderr') {
      throw wrongOption('PipesStdioMessageReader', 'stream', "'stdout' or 'stderr'", options.stream);
    }
    judgeCount('PipesStdioMessageReader', 'maxLineBytes', options.maxLineBytes);
    this.#options = options;
  }

  async readMessages(sink: MessageSink, { resumeAt }: ReadMessagesOptions): Promise<StdioMessageChannel> {
    return new StdioMessageChannel(this.#options, sink, resumeAt);
  }

  noMessagesDebugText(): string {
    const { stream } = this.#options;
    return `Attempted to find messages in the ${stream} of the external process. It must use PipesDefaultMessageWriter, nothing may redirect its ${stream}, and its launcher must give that output to session.messageChannel.consume().`;
  }
}

type TakeForeign = (text: string) => Promise<void>;

/** Finds messages in the output of one external process, and passes the rest on as it is. */
export class StdioMessageChannel implements OutputMessageChannel {
  readonly params: PipesParams;
  readonly start: JsonValue;
  readonly stream: PipesStream;
  readonly #sink: MessageSink;
  readonly #handover: Handover;
  readonly #extractor: MessageExtractor;
  readonly #resumeAfterLine: number;
  #consumption: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: PipesStdioMessageReaderOptions, sink: MessageSink, resumeAt: JsonValue | undefined) {
    this.stream = options.stream;
    this.params = { [options.buffered === true ? 'buffered_stdio' : 'stdio']: options.stream };
    this.#sink = sink;
    this.#handover = new Handover(sink);
    this.#extractor = new MessageExtractor(options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES);
    this.#resumeAfterLine = resumeAt === undefined ? 0 : parseCursor(resumeAt);
    this.start = { line: this.#resumeAfterLine };
  }

  /**
   * Takes the output of the external process, in chunks cut anywhere, and asks for the next one only when what it held
   * was handled. Resolves at its end. A session that resumes takes the output from its beginning again.
   *
   * @param takeForeign what becomes of output that is no message; must not reject. @default the `foreign` of the sink
   * @throws PipesError PIPES_READER_FAILED when called twice: a session has one writer
   */
  async consume(
    output: AsyncIterable<Uint8Array>,
    takeForeign: TakeForeign = (text) => this.#sink.foreign(text, this.stream),
  ): Promise<void> {
    if (this.#consumption !== undefined) {
      throw readerFailed(`Cannot read messages from a second ${this.stream}: the session has one already.`);
    }
    this.#consumption = this.#consume(output, takeForeign);
    await this.#consumption;
  }

  async drain(): Promise<void> {
    await this.#consumption;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#handover.abandon();
  }

  async #consume(output: AsyncIterable<Uint8Array>, takeForeign: TakeForeign): Promise<void> {
    const decoder = new StringDecoder('utf8');
    try {
      for await (const chunk of output) {
        await this.#handOver(this.#extractor.push(decoder.write(Buffer.from(chunk))), takeForeign);
        if (this.#isStopped) return;
      }
    } catch (error) {
      this.#sink.problem({
        message: `Reading ${this.stream} of the external process failed, and what came after is unread: ${reasonOf(error)}`,
        cause: error,
        mayHaveLostMessages: true,
      });
    }
    await this.#handOver(this.#extractor.push(decoder.end()), takeForeign);
    await this.#handOver(this.#extractor.finish(), takeForeign);
  }

  async #handOver({ messages, foreign, lost }: Extracted, takeForeign: TakeForeign): Promise<void> {
    for (const loss of lost) this.#sink.problem(describeLoss(loss, this.stream));
    if (foreign !== '') await takeForeign(foreign);
    const lines = messages
      .filter(({ line }) => line > this.#resumeAfterLine)
      .map(({ text, line }) => ({ text, place: `line ${line.toLocaleString('en-US')} of ${this.stream}` }));
    await this.#handover.deliver({ lines, cursor: { line: this.#extractor.linesRead } });
  }
}

function describeLoss({ reason, line, length }: Extracted['lost'][number], stream: PipesStream): ChannelProblem {
  const place = `line ${line.toLocaleString('en-US')} of ${stream}`;
  const size = length.toLocaleString('en-US');
  return {
    message:
      reason === 'too-long'
        ? `The message at ${place} has ${size} characters, more than maxLineBytes: it was skipped.`
        : `The last message, at ${place}, is cut off after ${size} characters: its writer was killed while it wrote.`,
    mayHaveLostMessages: true,
  };
}

function parseCursor(cursor: JsonValue): number {
  const line = isJsonObject(cursor) ? cursor['line'] : undefined;
  if (typeof line === 'number' && Number.isSafeInteger(line)) return line;
  throw readerFailed(`Cannot resume: ${JSON.stringify(cursor)} is not a cursor of an output stream, { line }.`);
}
