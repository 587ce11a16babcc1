import type { PipesContextData, PipesParams } from '../protocol/index.ts';

/** Loads the context payload from where the orchestrator's context injector put it. */
export abstract class PipesContextLoader {
  /**
   * @param params what the injector handed over in `DAGSTER_PIPES_CONTEXT`
   * @throws PipesError PIPES_CONTEXT_INVALID or PIPES_CONTEXT_UNREADABLE; anything else thrown is wrapped by the caller
   */
  abstract loadContext(params: PipesParams): PipesContextData | Promise<PipesContextData>;
}
