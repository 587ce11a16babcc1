/** Error codes of the command line. `docs/errors.md` gives cause and remedy of each. */
export type CliErrorCode =
  /** An argument or option of the command is wrong. */
  | 'PIPES_USAGE_INVALID'
  /** The file with the definitions is not there, or cannot be imported. */
  | 'PIPES_MODULE_FAILED'
  /** The module does not export exactly one project. */
  | 'PIPES_PROJECT_UNCLEAR'
  /** The user's code threw where nothing could catch it, which cancelled the run. */
  | 'PIPES_ERROR_UNCAUGHT'
  /** The process ended before the command was done: the user's code ended it, or waits for what never comes. */
  | 'PIPES_ENDED_EARLY';
