import type { PipesContextData, PipesParams } from 'pipes-external/protocol';

/** A context put where the external process can load it, until disposed. */
export interface InjectedContext extends AsyncDisposable {
  /** What the external process needs to find it: goes into `DAGSTER_PIPES_CONTEXT`. */
  readonly params: PipesParams;
}

/** Puts the context payload where the external process will look for it. One injector serves any number of sessions. */
export abstract class PipesContextInjector {
  abstract injectContext(context: PipesContextData): Promise<InjectedContext>;

  /** A sentence on what was tried and what the external side must use, for when no message ever came. */
  abstract noMessagesDebugText(): string;
}
