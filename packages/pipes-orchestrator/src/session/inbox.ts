import type { JsonValue, PipesLogLevel, PipesStream } from 'pipes-external/protocol';
import type { ExecutionLog } from '../execution-context.ts';
import type { ChannelProblem, MessageBatch, MessageSink, ReceivedLine } from '../message-readers/message-reader.ts';
import { reasonOf } from '../reason.ts';
import type { PipesExecutionResult } from '../results.ts';
import { classifyLine, type ReceivedMessage } from './message-schema.ts';
import { ProblemLog, type Strictness } from './problem-log.ts';
import { ResultQueue } from './result-queue.ts';
import type { SessionSnapshot } from './session-cursor.ts';
import { isSettled, type SessionState, step } from './session-state.ts';

const MAX_NAMED = 10;

export interface InboxHost {
  /** Of the step. Where it has none, any may be reported. */
  readonly assetKeys: ReadonlySet<string>;
  readonly log: ExecutionLog;
  readonly output: (stream: PipesStream, text: string) => void | Promise<void>;
  readonly strictness: Strictness;
  readonly onOpened: () => void;
}

/** Where the lines of a session arrive: judges each, acts on it, and keeps what somebody is to take. */
export class Inbox implements MessageSink {
  readonly problems: ProblemLog;
  readonly results: ResultQueue;
  readonly #host: InboxHost;
  readonly #unreported: Set<string>;
  /** Channel problems of the session that is resumed: a reader that goes over the same place again finds them again. */
  readonly #reportedBefore: Set<string>;
  #customMessages: JsonValue[];
  #state: SessionState;
  #readerCursor: JsonValue;
  #linesSince: number;
  /** How many lines to pass over, since the session that is resumed handled them. */
  #handledBefore: number;
  #isSettled: boolean;
  #isStopped = false;

  constructor(host: InboxHost, start: SessionSnapshot) {
    this.#host = host;
    this.problems = new ProblemLog(host.log, host.strictness, start);
    this.#reportedBefore = new Set(
      start.problems.filter(({ kind }) => kind === 'channel').map(({ message }) => message),
    );
    this.results = new ResultQueue(start.results);
    this.#unreported = new Set(start.unreported);
    this.#customMessages = [...start.customMessages];
    this.#state = start.state;
    this.#readerCursor = start.readerCursor;
    this.#linesSince = start.linesSince;
    this.#handledBefore = start.linesSince;
    this.#isSettled = start.linesSince === 0 && isSettled(start.state);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Whether every writer that opened has closed and nothing is missing, as of the last whole batch. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Assets of the step of which no materialization came. */
  get unreported(): readonly string[] {
    return [...this.#unreported];
  }

  get snapshot(): SessionSnapshot {
    return {
      readerCursor: this.#readerCursor,
      linesSince: this.#linesSince,
      state: this.#state,
      problems: this.problems.all,
      problemCounts: this.problems.counts,
      unreported: this.unreported,
      results: this.results.items,
      customMessages: this.#customMessages,
    };
  }

  takeCustomMessages(): readonly JsonValue[] {
    const taken = this.#customMessages;
    this.#customMessages = [];
    return taken;
  }

  /** @param start where the channel begins to read, for a session that ends before a batch was handled whole */
  begin(start: JsonValue): void {
    this.#readerCursor ??= start;
  }

  /** What is delivered from now on is passed over. */
  stop(): void {
    this.#isStopped = true;
    this.results.unbind();
  }

  async deliver({ lines, cursor }: MessageBatch): Promise<void> {
    for (const line of lines) {
      if (this.results.isFull) await this.results.room();
      if (this.#isStopped) return;
      if (this.#handledBefore > 0) {
        this.#handledBefore -= 1;
      } else {
        const printing = this.#take(line);
        this.#linesSince += 1;
        if (printing !== undefined) await printing;
      }
    }
    this.#readerCursor = cursor;
    this.#linesSince = this.#handledBefore;
    this.#isSettled = isSettled(this.#state);
    this.results.wake();
  }

  problem({ message, cause, mayHaveLostMessages }: ChannelProblem): void {
    if (this.#reportedBefore.delete(message)) return;
    this.problems.record({ kind: 'channel', message, fails: mayHaveLostMessages, cause });
  }

  async foreign(text: string, stream: PipesStream): Promise<void> {
    await this.#print({ text, stream }, { place: stream });
  }

  /** @returns what to wait for, if anything: few messages are worth a turn of the event loop */
  #take(line: ReceivedLine): Promise<void> | undefined {
    const { state, message, problems } = step(this.#state, classifyLine(line.text), line);
    this.#state = state;
    for (const problem of problems) this.problems.record(problem);
    if (message?.method === 'log_external_stream') return this.#print(message.params, line);
    if (message !== undefined) this.#guard(line, () => this.#act(message, line));
    return undefined;
  }

  #act(message: Exclude<ReceivedMessage, { method: 'log_external_stream' }>, found: Found): void {
    const { log, onOpened } = this.#host;
    switch (message.method) {
      case 'log':
        return writeLog(log, message.params.level, message.params.message);
      case 'report_custom_message':
        this.#customMessages.push(message.params.payload);
        return;
      case 'report_asset_materialization':
        this.#unreported.delete(message.params.assetKey);
        return this.#keep(message.params, found);
      case 'report_asset_check':
        return this.#keep(message.params, found);
      case 'opened':
        log.debug('The external process opened its Pipes session.');
        return onOpened();
      case 'closed':
        return log.debug('The external process closed its Pipes session.');
      default:
        return message satisfies never;
    }
  }

  /** A report of an asset that the step does not make is handed over all the same: its taker may know better. */
  #keep(result: PipesExecutionResult, found: Found): void {
    const { assetKeys } = this.#host;
    if (assetKeys.size > 0 && !assetKeys.has(result.assetKey)) {
      const known = [...assetKeys].slice(0, MAX_NAMED).join(', ');
      const message = `The message at ${found.place} reports the asset ${JSON.stringify(result.assetKey)}, and the step makes ${known}.`;
      this.problems.record({ kind: 'broken-message', message, fails: true });
    }
    this.results.push(result);
  }

  async #print({ stream, text }: Printed, found: Found): Promise<void> {
    try {
      await this.#host.output(stream, text);
    } catch (cause) {
      this.#notTaken(found, cause);
    }
  }

  #guard(found: Found, act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.#notTaken(found, cause);
    }
  }

  /** What the host is handed may throw there: that must neither end the reader nor pass for success. */
  #notTaken({ place }: Found, cause: unknown): void {
    const message = `The orchestrator could not take what came at ${place}: ${reasonOf(cause)}.`;
    this.problems.record({ kind: 'channel', message, fails: true, cause });
  }
}

interface Printed {
  readonly stream: PipesStream;
  readonly text: string;
}

type Found = Pick<ReceivedLine, 'place'>;

function writeLog(log: ExecutionLog, level: PipesLogLevel, message: string): void {
  switch (level) {
    case 'DEBUG':
      return log.debug(message);
    case 'INFO':
      return log.info(message);
    case 'WARNING':
      return log.warning(message);
    case 'ERROR':
      return log.error(message);
    case 'CRITICAL':
      return log.critical(message);
    default:
      return level satisfies never;
  }
}
