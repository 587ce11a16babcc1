import { PipesError } from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from '../../errors.ts';
import { openPipesSession } from '../../session/open-pipes-session.ts';
import type { PipesSession } from '../../session/pipes-session.ts';
import type { PipesExecutionResult } from '../../results.ts';
import type { PipesSubprocessCompletedInvocation } from './completed-invocation.ts';
import { cancelled } from './failure.ts';
import { type Job, supervise } from './supervise.ts';

/**
 * A process that was launched. Iterating gives its results as they are reported, then what its success implies; a failure
 * is thrown after the results that came before it. Leaving the loop early cancels the process. What is reported while it
 * runs cannot carry the metadata of how it ended.
 */
export class PipesSubprocessInvocation implements AsyncIterable<PipesExecutionResult> {
  /** Settles when the process is gone and its session closed. Rejects as `PipesSubprocessClient.run` does. */
  readonly completed: Promise<PipesSubprocessCompletedInvocation>;
  readonly #session: Promise<PipesSession>;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #markEnded: (() => void) | undefined;
  readonly #ended = new Promise<void>((resolve) => {
    this.#markEnded = resolve;
  });
  /** Settles when whoever streams has taken everything. */
  #streamed: Promise<void> | undefined;

  constructor(given: Omit<Job, 'signal'>) {
    const { context, signal, timeoutMs } = given.options;
    const signals = [this.#stop.signal, context.signal, signal].filter((each) => each !== undefined);
    this.#signal = AbortSignal.any(signals);
    const job = { ...given, signal: this.#signal };
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => this.#cancel(`it ran for ${timeoutMs} ms, its time limit`), timeoutMs);
    timer?.unref();
    this.#session = openSession(job);
    const stopTimer = (): void => clearTimeout(timer);
    this.completed = this.#seeThrough(job, stopTimer).finally(() => {
      stopTimer();
      this.#markEnded?.();
    });
    // Who only iterates hears of a failure there.
    this.completed.catch(() => {});
  }

  /** @throws PipesError PIPES_RESULT_UNEXPECTED the second time: each result is given once */
  async *[Symbol.asyncIterator](): AsyncGenerator<PipesExecutionResult, void, undefined> {
    if (this.#streamed !== undefined) throw iteratedTwice();
    let markStreamed: (() => void) | undefined;
    this.#streamed = new Promise((resolve) => {
      markStreamed = resolve;
      this.#signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      const session = await this.#session;
      yield* session.results({ until: this.#ended });
      markStreamed?.();
      const { metadata } = await this.completed;
      yield* session.getResults({ metadata });
    } catch (error) {
      // A cancelled session only knows that it was; the invocation knows what and why.
      await this.completed;
      throw error;
    } finally {
      markStreamed?.();
      this.#cancel('nobody takes its results any more');
      await Promise.allSettled([this.completed]);
    }
  }

  async #seeThrough(job: Job, onExit: () => void): Promise<PipesSubprocessCompletedInvocation> {
    const session = await this.#session;
    try {
      const beforeClosing = async (): Promise<void> => {
        this.#markEnded?.();
        await this.#streamed;
      };
      return await supervise(job, session, { onExit, beforeClosing });
    } catch (error) {
      if (!session.isClosed) {
        // There is nothing to judge: it ended before its process could do its part.
        this.#stop.abort(error);
        await Promise.allSettled([session.close()]);
      }
      throw error;
    }
  }

  #cancel(reason: string): void {
    this.#stop.abort(new Error(reason));
  }
}

function iteratedTwice(): PipesError<OrchestratorErrorCode> {
  return new PipesError(
    'PIPES_RESULT_UNEXPECTED',
    'The results of this invocation were taken by another loop already, and each is given once. Keep them in an array to use them twice.',
  );
}

async function openSession({ command, options, client, signal }: Job): Promise<PipesSession> {
  if (signal.aborted) throw cancelled(command, signal.reason, 'It was not launched.');
  const { context, extras } = options;
  const { contextInjector, messageReader, strictness } = client;
  return await openPipesSession({ context, extras, contextInjector, messageReader, strictness, signal });
}
