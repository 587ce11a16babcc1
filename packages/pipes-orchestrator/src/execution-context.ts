import type { PipesSession } from './session/pipes-session.ts';
import type { PipesDataProvenance, PipesPartitionKeyRange, PipesStream } from 'pipes-external/protocol';

/** Where the orchestrating step logs. Dagster's five levels. */
export interface ExecutionLog {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
  critical(message: string): void;
}

/**
 * What a session needs to know of the step that opens it. The runtime's step context is one; a test, or a user with an
 * executor of his own, writes `{ runId: 'my-run' }` by hand.
 */
export interface PipesExecutionContext {
  readonly runId: string;
  /** @default null */
  readonly jobName?: string | null | undefined;
  /** 0 for the first attempt. @default 0 */
  readonly retryNumber?: number | undefined;
  /** The assets that the step makes: strings as users write them (`raw/orders`), or their parts. */
  readonly assetKeys?: readonly (string | readonly string[])[] | undefined;
  /** By asset key string. */
  readonly codeVersions?: Readonly<Record<string, string | null>> | undefined;
  /** By asset key string. */
  readonly provenance?: Readonly<Record<string, PipesDataProvenance | null>> | undefined;
  readonly partitionKey?: string | undefined;
  /** @default from `partitionKey` to `partitionKey` */
  readonly partitionKeyRange?: PipesPartitionKeyRange | undefined;
  /** Where partitions are windows of time. The end is exclusive. */
  readonly partitionTimeWindow?: { readonly start: Date; readonly end: Date } | undefined;
  /** @default lines on this process's stderr */
  readonly log?: ExecutionLog | undefined;
  /**
   * Where the output of external processes goes. When it returns a promise, no more is read until that settles: it is what
   * keeps the memory bounded when a process prints faster than its host takes it.
   *
   * @default this process's stdout and stderr
   */
  readonly output?: ((stream: PipesStream, text: string) => void | Promise<void>) | undefined;
  /**
   * Called for each session that is opened with this context. A host uses it to see, when the step ends, that the session
   * is closed and that no result was left in it.
   */
  readonly onSessionOpened?: ((session: PipesSession) => void) | undefined;
  /** Cancels what runs in the step. */
  readonly signal?: AbortSignal | undefined;
}
