import type { JsonObject, JsonValue, PipesParams, PipesStream } from 'pipes-external/protocol';

/** One line from outside, as it was found. */
export interface ReceivedLine {
  readonly text: string;
  /** Where it was found, for people: `line 12 (byte 3,402)`, `chunk 3 line 2`. */
  readonly place: string;
}

/** What a reader hands over at once. */
export interface MessageBatch {
  readonly lines: readonly ReceivedLine[];
  /** Where reading goes on after this batch: give it to `readMessages` to resume there. Opaque to everybody else. */
  readonly cursor: JsonValue;
}

/** Something that went wrong in a channel. Reading goes on where it can. */
export interface ChannelProblem {
  readonly message: string;
  readonly cause?: unknown;
  /** Whether messages may have been lost by it. A session in strict mode then fails. */
  readonly mayHaveLostMessages: boolean;
}

/** Where a reader puts what it reads. Lines are raw: the session judges them, readers never do. */
export interface MessageSink {
  /**
   * Hands over a batch; resolves when it was handled. A reader hands over one batch at a time and waits: that is what
   * keeps memory bounded when the consumer is slow. Never rejects.
   */
  deliver(batch: MessageBatch): Promise<void>;

  /** Reports what went wrong in the channel. */
  problem(problem: ChannelProblem): void;

  /**
   * Takes output that shares the channel with messages and is not one, with the stream that it came from. Resolves when it
   * was taken: a reader waits for that too. Never rejects.
   */
  foreign(text: string, stream: PipesStream): Promise<void>;
}

export interface ReadMessagesOptions {
  /** A cursor of an earlier session over the same place: reading goes on there. */
  readonly resumeAt?: JsonValue | undefined;
}

/** A channel that listens for messages. */
export interface MessageChannel extends AsyncDisposable {
  /** What the external process needs to find its end: goes into `DAGSTER_PIPES_MESSAGES`. */
  readonly params: PipesParams;

  /** Where reading begins: what to resume at as long as no batch was handed over. */
  readonly start: JsonValue;

  /**
   * The external process is gone: resolves when everything it wrote was delivered. Called once, before disposing;
   * disposing without it stops at once, for a session that was aborted.
   */
  drain(): Promise<void>;
}

/**
 * A channel in the output of the external process. Whoever owns that output feeds it; a client knows such a channel by its
 * `stream` and `consume`, so that one may wrap another.
 */
export interface OutputMessageChannel extends MessageChannel {
  /** The stream that is to be fed to it. */
  readonly stream: PipesStream;

  /**
   * Takes the output of the external process, in chunks cut anywhere, and asks for the next one only when what it held
   * was handled. Resolves at its end.
   *
   * @param takeForeign what becomes of output that is no message. @default the sink's `foreign`
   */
  consume(output: AsyncIterable<Uint8Array>, takeForeign?: (text: string) => Promise<void>): Promise<void>;
}

/** Reads what external processes report. One reader serves any number of sessions; what is of one lives in its channel. */
export abstract class PipesMessageReader {
  abstract readMessages(sink: MessageSink, options: ReadMessagesOptions): Promise<MessageChannel>;

  /** The external process of this channel opened its session, with these extras. */
  onOpened(_extras: JsonObject, _channel: MessageChannel): void {
    // Most readers need to know nothing of it.
  }

  /** Whoever launched the external process of this channel says what it knows of it, for instance the name of a log stream. */
  onLaunched(_extras: JsonObject, _channel: MessageChannel): void {
    // Most readers need to know nothing of it.
  }

  /** A sentence on what was tried and what the external side must use, for when no message ever came. */
  abstract noMessagesDebugText(): string;
}
