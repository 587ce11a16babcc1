import type { JsonValue, Metadata } from 'pipes-external/protocol';
import type { PipesExecutionContext } from '../execution-context.ts';
import {
  getAssetCheckResult,
  getMaterializeResult,
  type PipesAssetCheckResult,
  type PipesCheckedMaterializeResult,
  type PipesExecutionResult,
} from '../results.ts';
import type { PipesSession } from '../session/pipes-session.ts';

/** What every client is given for a run; each adds what it launches. */
export interface PipesClientRunOptions {
  /** The step that the external process works for. */
  readonly context: PipesExecutionContext;
  /** What else the external process is told. @default none */
  readonly extras?: Readonly<Record<string, unknown>> | undefined;
}

/** Launches external processes, and sees each through from its launch to its end. */
export interface PipesClient<Options extends PipesClientRunOptions = PipesClientRunOptions> {
  /** Resolves when the external process has succeeded and its session is closed. */
  run(options: Options): Promise<PipesClientCompletedInvocation>;
}

/** An external process that succeeded. Its results are taken from the session at the first question, and kept. */
export class PipesClientCompletedInvocation {
  readonly session: PipesSession;
  /** What the client knows of the external process. It is added to every result. */
  readonly metadata: Metadata;
  #results: readonly PipesExecutionResult[] | undefined;
  #customMessages: readonly JsonValue[] | undefined;

  /** @param session closed */
  constructor(session: PipesSession, metadata: Metadata = {}) {
    this.session = session;
    this.metadata = metadata;
  }

  /** Everything reported, and an empty materialization for each asset of the step of which nothing was, unless unwanted. */
  getResults(
    options: { readonly implicitMaterializations?: boolean | undefined } = {},
  ): readonly PipesExecutionResult[] {
    this.#results ??= this.session.getResults({ metadata: this.metadata });
    if (options.implicitMaterializations !== false) return this.#results;
    return this.#results.filter((result) => result.kind !== 'materialization' || result.isImplicit !== true);
  }

  /**
   * The one materialization, with the checks reported beside it: for a step that makes one asset.
   *
   * @throws PipesError PIPES_RESULT_UNEXPECTED for none or several, and for a check of another asset
   */
  getMaterializeResult(
    options: { readonly implicitMaterialization?: boolean | undefined } = {},
  ): PipesCheckedMaterializeResult {
    return getMaterializeResult(this.getResults({ implicitMaterializations: options.implicitMaterialization }));
  }

  /**
   * The one check: for a step that only checks.
   *
   * @throws PipesError PIPES_RESULT_UNEXPECTED for none or several, or where a materialization was reported
   */
  getAssetCheckResult(): PipesAssetCheckResult {
    return getAssetCheckResult(this.getResults());
  }

  getCustomMessages(): readonly JsonValue[] {
    this.#customMessages ??= this.session.getCustomMessages();
    return this.#customMessages;
  }
}
