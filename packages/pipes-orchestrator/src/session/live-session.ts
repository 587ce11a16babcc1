import type { JsonObject, JsonValue, PipesContextData, PipesException, PipesParams } from 'pipes-external/protocol';
import { type Metadata, type MetadataInput, normalizeMetadata } from 'pipes-external/protocol';
import type { InjectedContext } from '../context-injectors/context-injector.ts';
import type { ExecutionLog } from '../execution-context.ts';
import type { ChannelProblem, MessageChannel } from '../message-readers/message-reader.ts';
import { reasonOf } from '../reason.ts';
import type { PipesExecutionResult, PipesMaterializeResult } from '../results.ts';
import { keepingAlive } from '../keeping-alive.ts';
import { Bootstrap } from './bootstrap.ts';
import { diagnoseNotOpened, sessionCancelled, sessionFailed } from './diagnosis.ts';
import type { Inbox } from './inbox.ts';
import type { GetResultsOptions, PipesSession, PipesSessionCursor, ResultStreamOptions } from './pipes-session.ts';
import type { SessionProblem } from './problem.ts';
import { encodeCursor } from './session-cursor.ts';
import type { ResolvedSessionOptions } from './session-options.ts';
import { judgeEnd } from './session-state.ts';

/** What a session is made of. */
export interface SessionParts {
  readonly options: ResolvedSessionOptions;
  readonly contextData: PipesContextData;
  readonly log: ExecutionLog;
  readonly signal: AbortSignal;
  readonly injected: InjectedContext;
  readonly channel: MessageChannel;
  readonly inbox: Inbox;
}

/** A session from when both ends of its pipe are open until it is judged. */
export class LivePipesSession implements PipesSession {
  readonly contextData: PipesContextData;
  readonly messageChannel: MessageChannel;
  readonly #parts: SessionParts;
  readonly #bootstrap: Bootstrap;
  readonly #aborted: Promise<void>;
  #closing: Promise<void> | undefined;
  #draining: Promise<void> | undefined;
  #isClosed = false;
  #implied: readonly string[] = [];

  /** @throws TypeError for params that are not JSON */
  constructor(parts: SessionParts) {
    const { contextData, channel, injected, inbox, signal } = parts;
    this.#parts = parts;
    this.#bootstrap = new Bootstrap(injected.params, channel.params);
    this.contextData = contextData;
    this.messageChannel = channel;
    this.#aborted = new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(inbox.results.unbind()), { once: true });
    });
  }

  getBootstrapParams(): Readonly<Record<string, PipesParams>> {
    return this.#bootstrap.params;
  }

  getBootstrapEnvVars(): Readonly<Record<string, string>> {
    return this.#bootstrap.envVars;
  }

  getBootstrapCliArguments(): Readonly<Record<string, string>> {
    return this.#bootstrap.cliArguments;
  }

  results({ until }: ResultStreamOptions = {}): AsyncIterable<PipesExecutionResult> {
    const { inbox } = this.#parts;
    let isDrained = false;
    const drainOnce = async (): Promise<void> => {
      if (this.#closing === undefined) await this.#drain();
      isDrained = true;
      inbox.results.wake();
    };
    // Whoever passed the promise handles its rejection; here it only says that the process ended.
    until?.then(drainOnce, drainOnce);
    return inbox.results.stream(() => {
      this.#throwIfAborted();
      return this.#isClosed || (until === undefined ? inbox.isSettled : isDrained);
    });
  }

  getResults({ implicitMaterializations = true, metadata }: GetResultsOptions = {}): readonly PipesExecutionResult[] {
    // Before anything is taken: wrong metadata must not cost the results.
    const added = metadata === undefined ? undefined : this.#normalize(metadata);
    const results = [...this.#parts.inbox.results.takeAll()];
    if (implicitMaterializations) {
      results.push(...this.#implied.map(implicitMaterialization));
      this.#implied = [];
    }
    if (added === undefined) return results;
    return results.map((result) => ({ ...result, metadata: { ...result.metadata, ...added } }));
  }

  getReportedResults(): readonly PipesExecutionResult[] {
    return this.getResults({ implicitMaterializations: false });
  }

  getCustomMessages(): readonly JsonValue[] {
    return this.#parts.inbox.takeCustomMessages();
  }

  get pendingResults(): number {
    return this.#parts.inbox.results.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  reportLaunched({ extras }: { readonly extras: JsonObject }): void {
    try {
      this.#parts.log.debug('The external process was launched.');
      this.#parts.options.messageReader.onLaunched(extras, this.messageChannel);
    } catch (cause) {
      const message = `The message reader or the log could not be told of the launch: ${reasonOf(cause)}.`;
      this.reportProblem({ message, cause, mayHaveLostMessages: true });
    }
  }

  reportProblem(problem: ChannelProblem): void {
    this.#parts.inbox.problem(problem);
  }

  get exception(): PipesException | undefined {
    return this.#parts.inbox.state.exception ?? undefined;
  }

  get problems(): readonly SessionProblem[] {
    return this.#parts.inbox.problems.all;
  }

  get cursor(): PipesSessionCursor {
    return encodeCursor(this.#parts.inbox.snapshot);
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await keepingAlive(this.#closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const { inbox, injected, channel, signal } = this.#parts;
    inbox.results.unbind();
    // An aborted session does not wait for a process that may still be there.
    if (!signal.aborted) await Promise.race([this.#drain(), this.#aborted]);
    await this.#release('the message channel', channel);
    inbox.stop();
    await this.#release('the context', injected);
    this.#isClosed = true;
    inbox.results.wake();
    this.#judge();
  }

  #judge(): void {
    this.#throwIfAborted();
    const { inbox, options } = this.#parts;
    const { problems, state } = inbox;
    for (const problem of judgeEnd(state, diagnoseNotOpened(options, state.writers.length > 0)))
      problems.record(problem);
    if (options.strictness === 'strict' && problems.failing.length > 0) {
      throw sessionFailed(this.contextData.run_id, problems);
    }
    this.#implied = inbox.unreported;
  }

  async #drain(): Promise<void> {
    this.#draining ??= keepingAlive(this.#drainChannel());
    await this.#draining;
  }

  async #drainChannel(): Promise<void> {
    try {
      await this.messageChannel.drain();
    } catch (cause) {
      const message = `Reading what the external process left failed: ${reasonOf(cause)}.`;
      this.#parts.inbox.problem({ message, cause, mayHaveLostMessages: true });
    }
  }

  /** What cannot be cleaned up is a problem, and keeps nothing else from being cleaned up. */
  async #release(what: string, resource: AsyncDisposable): Promise<void> {
    try {
      await resource[Symbol.asyncDispose]();
    } catch (cause) {
      const message = `Cleaning up ${what} failed, and something may be left behind: ${reasonOf(cause)}.`;
      this.#parts.inbox.problem({ message, cause, mayHaveLostMessages: false });
    }
  }

  #normalize(input: MetadataInput): Metadata {
    const { metadata, warnings } = normalizeMetadata(input);
    for (const warning of warnings) this.#parts.log.warning(`In what was to be added to results, ${warning}.`);
    return metadata;
  }

  #throwIfAborted(): void {
    const { signal } = this.#parts;
    if (signal.aborted) throw sessionCancelled(this.contextData.run_id, signal.reason);
  }
}

function implicitMaterialization(assetKey: string): PipesMaterializeResult {
  return { kind: 'materialization', assetKey, metadata: {}, dataVersion: null, isImplicit: true };
}
