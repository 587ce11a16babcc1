/** What can go wrong in a pipe. */
export type SessionProblemKind =
  /** No `opened` ever came. */
  | 'not-opened'
  /** `opened` came, `closed` did not: buffered messages may be lost. */
  | 'not-closed'
  /** `closed` carried an error. */
  | 'exception'
  /** Numbers are missing in what a writer sent. */
  | 'gap'
  /**
   * A message that cannot be understood: not JSON where only messages belong, or a known method with wrong params. Does
   * not fail the session where only a value of its metadata is wrong.
   */
  | 'broken-message'
  /** The channel itself failed, or was tampered with. */
  | 'channel'
  /** Something unusual that lost nothing: an unknown method, an unknown key, a second `opened`, a duplicate. */
  | 'oddity';

export interface SessionProblem {
  readonly kind: SessionProblemKind;
  /** One sentence for people, with the place. */
  readonly message: string;
  /** Whether the session fails by it in strict mode. */
  readonly fails: boolean;
  /** What was thrown, or the error that the external process reported. */
  readonly cause?: unknown;
}
