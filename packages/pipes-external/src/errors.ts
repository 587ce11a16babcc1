import type { ProtocolErrorCode } from './protocol/index.ts';

/** Error codes of the external side. `docs/errors.md` gives cause and remedy of each. */
export type ExternalErrorCode =
  | ProtocolErrorCode
  /** An option of `openDagsterPipes` or `runDagsterPipes` is wrong. */
  | 'PIPES_OPTION_INVALID'
  /** The context could not be fetched from where the params say it is. */
  | 'PIPES_CONTEXT_UNREADABLE'
  /** Mode `require`, or a question that has no answer, outside an orchestrator. */
  | 'PIPES_NOT_LAUNCHED'
  /** A property that this step does not have: the one asset of a step with several, a partition key without partitions. */
  | 'PIPES_CONTEXT_PROPERTY_UNDEFINED'
  /** The extras do not fit the schema that was given. */
  | 'PIPES_EXTRAS_INVALID'
  /** A report that the orchestrator would refuse; nothing was written. */
  | 'PIPES_REPORT_INVALID'
  /** A message could not be written: the disk is full, the pipe is broken. */
  | 'PIPES_WRITE_FAILED'
  /** A report after `close()`, or `PipesContext.get()` while no session is open. */
  | 'PIPES_SESSION_CLOSED'
  /** Another session is open than the one that is to be opened. */
  | 'PIPES_SESSION_OPEN'
  /** What `closed` carries when the process ended before it closed its session. */
  | 'PIPES_TERMINATED';
