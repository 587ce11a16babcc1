/** Error codes of the runtime. `docs/errors.md` gives cause and remedy of each. */
export type RuntimeErrorCode =
  /** A definition is wrong in itself, or does not fit the others: a duplicate key, a cycle, a missing resource. */
  | 'PIPES_DEFINITION_INVALID'
  /** The config given to a run does not fit the schema of an asset or resource. */
  | 'PIPES_CONFIG_INVALID'
  /** An option of a run is wrong. */
  | 'PIPES_OPTION_INVALID'
  /** Nothing is selected, or something that does not exist. */
  | 'PIPES_SELECTION_INVALID'
  /** A partition is missing, unknown, or given where there are none. */
  | 'PIPES_PARTITION_INVALID'
  /** A step returned or yielded what it must not, or left out what it must. */
  | 'PIPES_STEP_RESULT_INVALID'
  /** A resource could not be made. */
  | 'PIPES_RESOURCE_FAILED'
  /** The run failed: see the failures of its steps. */
  | 'PIPES_RUN_FAILED'
  /** The run was cancelled. */
  | 'PIPES_RUN_CANCELED'
  /** Storage was asked for what it does not have, or to do what it must not. */
  | 'PIPES_STORAGE_CONFLICT';
