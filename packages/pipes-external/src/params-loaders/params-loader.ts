import type { PipesParams } from '../protocol/index.ts';

/**
 * Finds the two bootstrap values in the external process. Extend it where neither environment variables nor arguments
 * can carry them, for instance when a service hands the process a metadata object.
 */
export abstract class PipesParamsLoader {
  /** Whether this process was launched by a Pipes orchestrator. */
  abstract isDagsterPipesProcess(): boolean;

  /** Where the context is. @throws PipesError PIPES_PARAMS_INVALID */
  abstract loadContextParams(): PipesParams;

  /** Where messages go. @throws PipesError PIPES_PARAMS_INVALID */
  abstract loadMessagesParams(): PipesParams;
}
