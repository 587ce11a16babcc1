import { ContextProperties } from './context-properties.ts';
import type { ExternalErrorCode } from './errors.ts';
import { makeLogger } from './logger.ts';
import type { PipesContext, PipesLogger, ReportAssetCheck, ReportAssetMaterialization } from './pipes-context.ts';
import { Progress } from './progress.ts';
import {
  type JsonObject,
  type PipesContextData,
  PipesError,
  type PipesMethod,
  type PipesMethods,
  type PipesStream,
  toJsonValue,
} from './protocol/index.ts';
import {
  assetKeyResolver,
  judgeCheck,
  judgeExternalStream,
  judgeMaterialization,
  type ResolveAssetKey,
} from './report-params.ts';
import { type Session, toOutcome } from './session.ts';
import type { StdioCapture } from './stdio-capture/stdio-capture.ts';

/** What surrounds a session in its process. */
export interface Surroundings {
  readonly signal: AbortSignal;
  /** Why the process would not be a success if it ended now; undefined where it would be one. */
  readonly failure: unknown;
  /** Called once the session is closed, or could not be. */
  stop(): void;
}

export interface LiveContextParts {
  readonly data: PipesContextData;
  /** Has said `opened`. */
  readonly session: Session;
  readonly capture: StdioCapture | undefined;
  /** Makes what has to watch over the open session. */
  readonly surround: (context: LiveContext) => Surroundings;
}

/** The context of a process that an orchestrator launched. */
export class LiveContext extends ContextProperties implements PipesContext {
  readonly isDagsterPipesProcess = true;
  readonly log: PipesLogger;
  readonly #session: Session;
  readonly #resolveAssetKey: ResolveAssetKey;
  readonly #materialized = new Set<string>();
  readonly #progress = new Progress();
  readonly #capture: StdioCapture | undefined;
  readonly #surroundings: Surroundings;
  #closing: Promise<void> | undefined;
  #isDisposed = false;

  constructor({ data, session, capture, surround }: LiveContextParts) {
    super(data);
    this.#session = session;
    this.#capture = capture;
    this.#resolveAssetKey = assetKeyResolver(data.asset_keys);
    this.log = makeLogger((level, message) => this.#send('log', { message, level }));
    session.beforeClosed(() => this.#sayProgress(this.#progress.rest()));
    if (capture !== undefined) session.beforeClosed(capture.stop);
    this.#surroundings = surround(this);
  }

  reportAssetMaterialization(report: ReportAssetMaterialization = {}): void {
    const { params, warnings } = judgeMaterialization(report, this.#resolveAssetKey);
    if (this.#materialized.has(params.asset_key)) {
      throw new PipesError<ExternalErrorCode>(
        'PIPES_REPORT_INVALID',
        `Cannot report a materialization: the asset "${params.asset_key}" was already materialized in this session. Nothing was sent.`,
      );
    }
    this.#send('report_asset_materialization', params);
    this.#materialized.add(params.asset_key);
    this.#warn(`materialization of "${params.asset_key}"`, warnings);
  }

  reportAssetCheck(report: ReportAssetCheck): void {
    const { params, warnings } = judgeCheck(report, this.#resolveAssetKey);
    this.#send('report_asset_check', params);
    this.#warn(`check "${params.check_name}" of "${params.asset_key}"`, warnings);
  }

  reportCustomMessage(payload: unknown): void {
    const warnings: string[] = [];
    const json = toJsonValue(payload, (problem) => warnings.push(`the payload ${problem}`));
    this.#send('report_custom_message', { payload: json });
    this.#warn('custom message', warnings);
  }

  logExternalStream(stream: PipesStream, text: string, extras: JsonObject = {}): void {
    this.#send('log_external_stream', judgeExternalStream(stream, text, extras));
  }

  progress(done: number, total?: number): void {
    this.#assertOpen('progress');
    this.#sayProgress(this.#progress.update(done, total));
  }

  get signal(): AbortSignal {
    return this.#surroundings.signal;
  }

  get isClosed(): boolean {
    return this.#isDisposed || this.#session.isClosed;
  }

  async flush(): Promise<void> {
    this.#capture?.pump();
    await this.#session.flush();
  }

  close(error?: unknown): Promise<void> {
    this.#closing ??= this.#close(error);
    return this.#closing;
  }

  async #close(error: unknown): Promise<void> {
    try {
      await this.#session.close(toOutcome(error));
    } finally {
      this.#surroundings.stop();
    }
  }

  get canCloseAtExit(): boolean {
    return this.#session.canCloseAtExit;
  }

  /** Closes within this turn, for a process that is about to end. */
  closeNow(error?: unknown): void {
    try {
      this.#session.closeNow(toOutcome(error));
    } finally {
      this.#capture?.drain();
    }
  }

  /**
   * The end of `await using` does not say whether its block threw. Where nobody catches what it threw, the process ends
   * within this turn, and `closed` then tells why; where somebody does, the exit code tells. So it is sent in the next.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed) return await this.#closing;
    this.#isDisposed = true;
    try {
      await this.flush();
    } finally {
      setImmediate(() => void this.close(this.#surroundings.failure));
    }
  }

  #sayProgress(message: string | undefined): void {
    if (message !== undefined) this.#session.send('log', { message, level: 'INFO' });
  }

  #warn(subject: string, warnings: readonly string[]): void {
    for (const warning of warnings) this.#send('log', { message: `${subject}: ${warning}`, level: 'WARNING' });
  }

  #send<M extends PipesMethod>(method: M, params: PipesMethods[M]): void {
    this.#assertOpen(method);
    this.#session.send(method, params);
  }

  #assertOpen(what: string): void {
    if (!this.isClosed) return;
    throw new PipesError<ExternalErrorCode>(
      'PIPES_SESSION_CLOSED',
      `Cannot send "${what}": the Pipes session is closed. Report before close(), or before the function of runDagsterPipes() returns.`,
    );
  }
}
