import type { ProtocolErrorCode } from 'pipes-external/protocol';

/** Error codes of the orchestrating side. `docs/errors.md` gives cause and remedy of each. */
export type OrchestratorErrorCode =
  | ProtocolErrorCode
  /** An option of a session, reader, injector or client is wrong. */
  | 'PIPES_OPTION_INVALID'
  /** The pipe did not end as a successful one must: see the problems it names. */
  | 'PIPES_SESSION_FAILED'
  /** The results are not what was asked for: none, or several, where one was expected. */
  | 'PIPES_RESULT_UNEXPECTED'
  /** The context could not be put where the external process can read it. */
  | 'PIPES_INJECTION_FAILED'
  /** The place for messages could not be opened. */
  | 'PIPES_READER_FAILED'
  /** The external process could not be started. */
  | 'PIPES_LAUNCH_FAILED'
  /** The external process exited with a code other than 0, or by a signal. */
  | 'PIPES_PROCESS_FAILED'
  /** The step was cancelled, or ran out of time. */
  | 'PIPES_CANCELLED';
