import { PipesDefaultContextLoader } from '../context-loaders/default.ts';
import { runInOwnSlot } from '../current-session.ts';
import { openLiveContext } from '../open-live-context.ts';
import { PipesMappingParamsLoader } from '../params-loaders/mapping.ts';
import type { PipesContext } from '../pipes-context.ts';
import {
  DAGSTER_PIPES_CONTEXT_ENV_VAR,
  DAGSTER_PIPES_MESSAGES_ENV_VAR,
  encodeParam,
  type JsonObject,
  type PipesContextData,
} from '../protocol/index.ts';
import { MemoryMessageWriter } from './memory-channel.ts';
import { type TestPipesReport, toReport } from './test-report.ts';

export interface RunWithTestPipesOptions {
  /** What the orchestrator tells the script, spelled as on the wire. What is left out is null, or empty. */
  readonly context?: Partial<PipesContextData> | undefined;
  /** What the script gets as `pipes.signal`. @default one that never aborts */
  readonly signal?: AbortSignal | undefined;
}

/** What a function reported and how it ended. */
export interface TestPipesRun<T> extends TestPipesReport {
  readonly outcome: { readonly returned: T } | { readonly threw: unknown };
}

/**
 * Runs a function as an orchestrator would, with everything in memory, and gives back what it reported.
 *
 * The function may use the context that it is handed, or open the session itself with `openDagsterPipes()` or
 * `runDagsterPipes()`, whatever options it passes. Several may run at once. The session is closed at the end if it is not
 * yet: with the error when the function throws, which this one does not. Signals and the end of the process are not
 * watched, and output is not captured.
 *
 * @throws PipesError PIPES_CONTEXT_INVALID for a context that is not one
 */
export async function runWithTestPipes<T>(
  work: (pipes: PipesContext) => T | Promise<T>,
  options: RunWithTestPipesOptions = {},
): Promise<TestPipesRun<T>> {
  const messageWriter = new MemoryMessageWriter();
  const { signal = new AbortController().signal } = options;
  const outcome = await runInOwnSlot(async (slot) => {
    const loaders = {
      messageWriter,
      paramsLoader: new PipesMappingParamsLoader(toBootstrap(options.context)),
      contextLoader: new PipesDefaultContextLoader(),
    };
    const pipes = await openLiveContext(loaders, () => ({
      signal,
      failure: undefined,
      stop: () => (slot.context = undefined),
    }));
    slot.context = pipes;
    return await runToItsEnd(work, pipes);
  });
  return { ...toReport(messageWriter.messages), outcome };
}

async function runToItsEnd<T>(
  work: (pipes: PipesContext) => T | Promise<T>,
  pipes: PipesContext,
): Promise<TestPipesRun<T>['outcome']> {
  try {
    const returned = await work(pipes);
    await pipes.close();
    return { returned };
  } catch (threw) {
    await pipes.close(threw ?? new Error(`${String(threw)} was thrown`));
    return { threw };
  }
}

function toBootstrap(context: Partial<PipesContextData> = {}): Record<string, string> {
  const data = { run_id: 'test-run', ...context } as unknown as JsonObject;
  return { [DAGSTER_PIPES_CONTEXT_ENV_VAR]: encodeParam({ data }), [DAGSTER_PIPES_MESSAGES_ENV_VAR]: encodeParam({}) };
}
