import type { JsonValue, PipesLogLevel, PipesStream } from 'pipes-external/protocol';
import type { ExecutionLog } from '../execution-context.ts';
import type { ChannelProblem, MessageBatch, MessageSink, ReceivedLine } from '../message-readers/message-reader.ts';
import { classifyLine, type ReceivedMessage } from './message-schema.ts';
import type { SessionProblem } from './problem.ts';
import { ProblemLog, type Strictness } from './problem-log.ts';
import { ResultQueue } from './result-queue.ts';
import type { SessionSnapshot } from './session-cursor.ts';
import { isSettled, type SessionState, step } from './session-state.ts';

export interface InboxHost {
  readonly log: ExecutionLog;
  readonly output: (stream: PipesStream, text: string) => void;
  readonly strictness: Strictness;
  readonly onOpened: () => void;
}

/** Where the lines of a session arrive: judges each, acts on it, and keeps what somebody is to take. */
export class Inbox implements MessageSink {
  readonly problems: ProblemLog;
  readonly results: ResultQueue;
  readonly #host: InboxHost;
  readonly #unreported: Set<string>;
  #customMessages: JsonValue[];
  #state: SessionState;
  #readerCursor: JsonValue;
  #linesSince: number;
  /** How many lines to pass over, since the session that is resumed handled them. */
  #handledBefore: number;
  #isSettled = false;
  #isStopped = false;

  constructor(host: InboxHost, start: SessionSnapshot) {
    this.#host = host;
    this.problems = new ProblemLog(host.log, host.strictness, start.problems);
    this.results = new ResultQueue(start.results);
    this.#unreported = new Set(start.unreported);
    this.#customMessages = [...start.customMessages];
    this.#state = start.state;
    this.#readerCursor = start.readerCursor;
    this.#linesSince = start.linesSince;
    this.#handledBefore = start.linesSince;
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
        this.#take(line);
        this.#linesSince += 1;
      }
    }
    this.#readerCursor = cursor;
    this.#linesSince = this.#handledBefore;
    this.#isSettled = isSettled(this.#state);
    this.results.wake();
  }

  problem({ message, cause, mayHaveLostMessages }: ChannelProblem): void {
    this.problems.record({ kind: 'channel', message, fails: mayHaveLostMessages, cause });
  }

  foreign(text: string, stream: PipesStream): void {
    this.#guard({ place: stream }, () => this.#host.output(stream, text));
  }

  #take(line: ReceivedLine): void {
    const { state, message, problems } = step(this.#state, classifyLine(line.text), line);
    this.#state = state;
    for (const problem of problems) this.problems.record(problem);
    if (message !== undefined) this.#guard(line, () => this.#act(message));
  }

  #act(message: ReceivedMessage): void {
    const { log, output, onOpened } = this.#host;
    switch (message.method) {
      case 'log':
        return writeLog(log, message.params.level, message.params.message);
      case 'log_external_stream':
        return output(message.params.stream, message.params.text);
      case 'report_custom_message':
        this.#customMessages.push(message.params.payload);
        return;
      case 'report_asset_materialization':
        this.#unreported.delete(message.params.assetKey);
        return this.results.push(message.params);
      case 'report_asset_check':
        return this.results.push(message.params);
      case 'opened':
        log.debug('The external process opened its Pipes session.');
        return onOpened();
      case 'closed':
        return log.debug('The external process closed its Pipes session.');
      default:
        return message satisfies never;
    }
  }

  /** What the host is handed may throw there: that must not end the reader. */
  #guard(found: { readonly place: string }, act: () => void): void {
    try {
      act();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `The orchestrator could not take what came at ${found.place}: ${reason}.`;
      this.problems.record({ kind: 'channel', message, fails: true, cause } satisfies SessionProblem);
    }
  }
}

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
