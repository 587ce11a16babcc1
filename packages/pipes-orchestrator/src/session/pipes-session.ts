import type {
  JsonObject,
  JsonValue,
  MetadataInput,
  PipesContextData,
  PipesException,
  PipesParams,
} from 'pipes-external/protocol';
import type { ChannelProblem, MessageChannel } from '../message-readers/message-reader.ts';
import type { PipesExecutionResult } from '../results.ts';
import type { SessionProblem } from './problem.ts';

export interface GetResultsOptions {
  /** Whether implicit materializations are among them. @default true */
  readonly implicitMaterializations?: boolean | undefined;
  /** Added to every result; wins over what was reported. */
  readonly metadata?: MetadataInput | undefined;
}

export interface ResultStreamOptions {
  /**
   * Settles, either way, when the external process has ended: the stream then reads what is left, and ends. It alone
   * decides then; without it, the stream ends when every writer that opened has closed and nothing is missing.
   */
  readonly until?: PromiseLike<unknown> | undefined;
}

/**
 * Where a session stands: store it with what was taken, give it to `openPipesSession` to go on there. It holds the results
 * and custom messages that nobody took yet, and grows with them.
 */
export interface PipesSessionCursor {
  readonly reader: JsonValue;
  readonly state: JsonValue;
}

/**
 * One external process's pipe, from the orchestrating side. Launch the process with the bootstrap, take its results while
 * it runs, and close when it is gone.
 */
export interface PipesSession extends AsyncDisposable {
  readonly contextData: PipesContextData;
  /** The open channel, for clients that own the bytes of the process, as with `PipesStdioMessageReader`. */
  readonly messageChannel: MessageChannel;

  /** `{ DAGSTER_PIPES_CONTEXT, DAGSTER_PIPES_MESSAGES }`, not encoded: for an event or a payload. */
  getBootstrapParams(): Readonly<Record<string, PipesParams>>;
  /** The same, encoded: for the environment, or any mapping of strings. */
  getBootstrapEnvVars(): Readonly<Record<string, string>>;
  /** `{ '--dagster-pipes-context': …, '--dagster-pipes-messages': … }`, encoded. */
  getBootstrapCliArguments(): Readonly<Record<string, string>>;

  /**
   * Reported results as they come, each once over all of `results` and `getResults`. Ends when the session is closed, or
   * earlier as `until` says. While somebody iterates and is 1,000 results behind, nothing more is read. Waiting for results
   * keeps this process alive.
   *
   * @throws PipesError PIPES_CANCELLED, from the iterator, when the session's signal aborts
   */
  results(options?: ResultStreamOptions): AsyncIterable<PipesExecutionResult>;
  /**
   * What was reported since the last call, each once. After a `close()` that resolved, an implicit materialization follows,
   * once, for each asset of the step that none was reported of.
   */
  getResults(options?: GetResultsOptions): readonly PipesExecutionResult[];
  /** As {@link getResults}, without implicit materializations. */
  getReportedResults(): readonly PipesExecutionResult[];
  /** Custom messages since the last call, each once. They are kept until then, however many come. */
  getCustomMessages(): readonly JsonValue[];

  /** How many reported results nobody took yet. */
  readonly pendingResults: number;
  readonly isClosed: boolean;

  /**
   * Tells the message reader what the launcher knows, for instance where the logs of the job are. A reader or a log that
   * throws is a problem of the session.
   */
  reportLaunched(launched: { readonly extras: JsonObject }): void;

  /** Records what went wrong in a client's own part of the channel, and logs it. Never throws. */
  reportProblem(problem: ChannelProblem): void;

  /** The external process said that it failed. */
  readonly exception: PipesException | undefined;
  /** What went wrong in the pipe so far, in order. */
  readonly problems: readonly SessionProblem[];
  /** Where to resume. */
  readonly cursor: PipesSessionCursor;

  /**
   * The external process is gone: reads what it left, cleans up, and judges. In strict mode it rejects with PipesError
   * PIPES_SESSION_FAILED naming every problem; with `strictness: 'dagster'` it logs them. Rejects with PIPES_CANCELLED when
   * the session's signal was aborted; it then reads no further. Closing again gives the same outcome.
   */
  close(): Promise<void>;
}
