import { currentSlot } from './current-session.ts';
import type { ExternalErrorCode } from './errors.ts';
import {
  PipesError,
  type JsonObject,
  type JsonValue,
  type MetadataInput,
  type PipesAssetCheckSeverity,
  type PipesDataProvenance,
  type PipesPartitionKeyRange,
  type PipesStream,
  type PipesTimeWindow,
} from './protocol/index.ts';
import type { StandardSchema } from './standard-schema.ts';

export interface ReportAssetMaterialization {
  /** Which asset. May be left out when the step has exactly one. */
  readonly assetKey?: string | undefined;
  /** Any JavaScript values; `normalizeMetadata` says what becomes of each. */
  readonly metadata?: MetadataInput | undefined;
  readonly dataVersion?: string | null | undefined;
}

export interface ReportAssetCheck {
  readonly checkName: string;
  readonly passed: boolean;
  /** @default 'ERROR' */
  readonly severity?: PipesAssetCheckSeverity | undefined;
  readonly metadata?: MetadataInput | undefined;
  /** Which asset. May be left out when the step has exactly one. */
  readonly assetKey?: string | undefined;
}

/** Logs to the run of the orchestrator. Anything may be logged: an Error with its stack, an object as JSON. */
export interface PipesLogger {
  debug(message: unknown): void;
  info(message: unknown): void;
  warning(message: unknown): void;
  error(message: unknown): void;
  critical(message: unknown): void;
}

/**
 * What a script holds while it runs under a Pipes orchestrator (pipes-protocol.md §4.2).
 *
 * Outside one (mode `auto` or `off`), reports do nothing lasting and questions without an answer throw
 * PIPES_NOT_LAUNCHED: a script must not go on with an invented asset key.
 *
 * Every report throws PipesError PIPES_SESSION_CLOSED after `close()`, and PIPES_REPORT_INVALID, before anything is
 * written, for arguments that the orchestrator would refuse.
 */
export interface PipesContext extends AsyncDisposable {
  /** Whether an orchestrator launched this process. */
  readonly isDagsterPipesProcess: boolean;

  /** Whether the step makes assets. */
  readonly isAssetStep: boolean;
  /** @throws PipesError PIPES_CONTEXT_PROPERTY_UNDEFINED unless the step has exactly one asset */
  readonly assetKey: string;
  /** @throws PipesError PIPES_CONTEXT_PROPERTY_UNDEFINED when the step has no assets */
  readonly assetKeys: readonly string[];
  /** Of the one asset; null when it was never made. @throws as {@link assetKey} */
  readonly provenance: PipesDataProvenance | null;
  /** @throws as {@link assetKeys} */
  readonly provenanceByAssetKey: Readonly<Record<string, PipesDataProvenance | null>>;
  /** Of the one asset; null when it has none. @throws as {@link assetKey} */
  readonly codeVersion: string | null;
  /** @throws as {@link assetKeys} */
  readonly codeVersionByAssetKey: Readonly<Record<string, string | null>>;

  readonly isPartitionStep: boolean;
  /** @throws PipesError PIPES_CONTEXT_PROPERTY_UNDEFINED when the run has no single partition */
  readonly partitionKey: string;
  /** @throws PipesError PIPES_CONTEXT_PROPERTY_UNDEFINED when the run has no partition */
  readonly partitionKeyRange: PipesPartitionKeyRange;
  /** Null when the partitions are not time windows. @throws as {@link partitionKeyRange} */
  readonly partitionTimeWindow: PipesTimeWindow | null;

  readonly runId: string;
  readonly jobName: string | null;
  /** 0 for the first attempt. */
  readonly retryNumber: number;
  readonly extras: JsonObject;
  /** @throws PipesError PIPES_CONTEXT_PROPERTY_UNDEFINED when there is no such extra */
  getExtra(key: string): JsonValue;
  /**
   * The extras, judged and typed by any Standard Schema validator (zod, valibot, arktype …).
   *
   * @throws PipesError PIPES_EXTRAS_INVALID naming every field that is wrong
   */
  extrasAs<Output>(schema: StandardSchema<Output>): Output;

  readonly log: PipesLogger;
  reportAssetMaterialization(report?: ReportAssetMaterialization): void;
  reportAssetCheck(report: ReportAssetCheck): void;
  /** @param payload any JSON; other values are converted as `toJsonValue` says */
  reportCustomMessage(payload: unknown): void;
  /** Passes text on to the stdout or stderr of the orchestrator. */
  logExternalStream(stream: PipesStream, text: string, extras?: JsonObject): void;
  /** Says how far the work is, at most once a second and always at the end. */
  progress(done: number, total?: number): void;

  /**
   * Aborts on SIGTERM, SIGINT or SIGHUP, and when the process that launched this one is gone. Reading it takes over
   * termination: the script then ends by itself, where it would otherwise be ended by the signal.
   */
  readonly signal: AbortSignal;

  /** Resolves once everything reported so far is where the orchestrator can read it. */
  flush(): Promise<void>;

  readonly isClosed: boolean;
  /**
   * Tells the orchestrator that the work is done, or with an argument that it failed with that error, and resolves when
   * all was delivered. Closing again does nothing.
   */
  close(error?: unknown): Promise<void>;
}

/** The session of this process, for code that is not handed its context. */
export const PipesContext = {
  /** @throws PipesError PIPES_SESSION_CLOSED while no session is open */
  get(): PipesContext {
    const { context } = currentSlot();
    if (context !== undefined) return context;
    throw new PipesError<ExternalErrorCode>(
      'PIPES_SESSION_CLOSED',
      'No Pipes session is open: call openDagsterPipes() first, or work within runDagsterPipes().',
    );
  },

  /** Makes a context of one's own the session, for instance a decorated one. It stays until it is closed. */
  set(context: PipesContext): void {
    currentSlot().context = context;
  },

  isInitialized(): boolean {
    return currentSlot().context?.isClosed === false;
  },
};
