import type { ExternalErrorCode } from './errors.ts';
import { makeLogger } from './logger.ts';
import type { PipesContext, PipesLogger, ReportAssetCheck, ReportAssetMaterialization } from './pipes-context.ts';
import { Progress } from './progress.ts';
import {
  type JsonObject,
  type JsonValue,
  PipesError,
  type PipesDataProvenance,
  type PipesPartitionKeyRange,
  type PipesStream,
  type PipesTimeWindow,
  toJsonValue,
  type WireMetadata,
} from './protocol/index.ts';
import { toReadableJson } from './readable.ts';
import { judgeCheck, judgeExternalStream, judgeMaterialization, type JudgedReport } from './report-params.ts';
import { Termination } from './termination.ts';

const NEVER = new AbortController().signal;

/** What an idle context has to do with its process. */
export interface IdleSurroundings {
  /** Takes one report, without a newline at its end. */
  print(text: string): void;
  onClosed(): void;
  readonly obeysSignals: boolean;
}

/**
 * The context of a process that no orchestrator launched. Reports are judged as they would be under one, and printed;
 * what an orchestrator would have to answer throws.
 */
export class IdleContext implements PipesContext {
  readonly isDagsterPipesProcess = false;
  readonly isAssetStep = false;
  readonly isPartitionStep = false;
  readonly log: PipesLogger;
  readonly #surroundings: IdleSurroundings;
  readonly #progress = new Progress();
  #termination: Termination | undefined;
  #isClosed = false;

  constructor(surroundings: IdleSurroundings) {
    this.#surroundings = surroundings;
    this.log = makeLogger((level, message) => this.#say(level.toLowerCase(), message));
  }

  get assetKey(): string {
    return unanswered('assetKey');
  }

  get assetKeys(): readonly string[] {
    return unanswered('assetKeys');
  }

  get provenance(): PipesDataProvenance | null {
    return unanswered('provenance');
  }

  get provenanceByAssetKey(): Readonly<Record<string, PipesDataProvenance | null>> {
    return unanswered('provenanceByAssetKey');
  }

  get codeVersion(): string | null {
    return unanswered('codeVersion');
  }

  get codeVersionByAssetKey(): Readonly<Record<string, string | null>> {
    return unanswered('codeVersionByAssetKey');
  }

  get partitionKey(): string {
    return unanswered('partitionKey');
  }

  get partitionKeyRange(): PipesPartitionKeyRange {
    return unanswered('partitionKeyRange');
  }

  get partitionTimeWindow(): PipesTimeWindow | null {
    return unanswered('partitionTimeWindow');
  }

  get runId(): string {
    return unanswered('runId');
  }

  get jobName(): string | null {
    return unanswered('jobName');
  }

  get retryNumber(): number {
    return unanswered('retryNumber');
  }

  get extras(): JsonObject {
    return unanswered('extras');
  }

  getExtra(key: string): JsonValue {
    return unanswered(`the extra ${JSON.stringify(key)}`);
  }

  extrasAs(): never {
    return unanswered('extras');
  }

  reportAssetMaterialization(report: ReportAssetMaterialization = {}): void {
    const judged = judgeMaterialization(report, givenAssetKey);
    const { asset_key: asset, data_version: version, metadata } = judged.params;
    this.#say('materialization', `${asset}${version === null ? '' : ` (data version ${version})`}${show(metadata)}`);
    this.#warn(judged);
  }

  reportAssetCheck(report: ReportAssetCheck): void {
    const judged = judgeCheck(report, givenAssetKey);
    const { asset_key: asset, check_name: name, passed, severity, metadata } = judged.params;
    this.#say('check', `${name} of ${asset} ${passed ? 'passed' : `failed (${severity})`}${show(metadata)}`);
    this.#warn(judged);
  }

  reportCustomMessage(payload: unknown): void {
    this.#say('custom message', toReadableJson(toJsonValue(payload, () => {})));
  }

  logExternalStream(stream: PipesStream, text: string, extras: JsonObject = {}): void {
    this.#say(judgeExternalStream(stream, text, extras).stream, text.replace(/\n$/, ''));
  }

  progress(done: number, total?: number): void {
    const text = this.#progress.update(done, total);
    if (text !== undefined) this.#say('info', text);
  }

  get signal(): AbortSignal {
    if (this.#surroundings.obeysSignals && !this.#isClosed) this.#termination ??= new Termination(() => {});
    return this.#termination?.signal ?? NEVER;
  }

  async flush(): Promise<void> {
    // Each report is printed at once.
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async close(error?: unknown): Promise<void> {
    if (this.#isClosed) return;
    const rest = this.#progress.rest();
    if (rest !== undefined) this.#say('info', rest);
    if (error !== undefined && error !== null) this.log.error(error);
    this.#isClosed = true;
    this.#termination?.stop();
    this.#surroundings.onClosed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #warn(judged: JudgedReport<unknown>): void {
    for (const warning of judged.warnings) this.#say('warning', warning);
  }

  #say(kind: string, text: string): void {
    if (this.#isClosed) {
      throw new PipesError<ExternalErrorCode>('PIPES_SESSION_CLOSED', `Cannot report: the Pipes session is closed.`);
    }
    this.#surroundings.print(`[pipes] ${kind}: ${text}`);
  }
}

function givenAssetKey(given: string | undefined): string {
  return given ?? 'the asset of the step';
}

function show(metadata: WireMetadata | null): string {
  const entries = Object.entries(metadata ?? {});
  return entries.map(([name, value]) => ` ${name}=${toReadableJson(value.raw_value)}`).join('');
}

function unanswered(property: string): never {
  throw new PipesError<ExternalErrorCode>(
    'PIPES_NOT_LAUNCHED',
    `Cannot read ${property}: no Pipes orchestrator launched this process, so there is no answer. Ask isDagsterPipesProcess first, or run the script under an orchestrator.`,
  );
}
