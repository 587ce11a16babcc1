import { PipesError, toPipesException } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from '../errors.ts';
import type { RunFailure, RunStatusEvent } from '../model/event.ts';
import { statusTold } from '../model/run.ts';
import type { RunStorage } from '../storage/run-storage.ts';
import type { EventRecorder } from './event-recorder.ts';

interface LedgerParts {
  readonly runId: string;
  readonly runs: RunStorage;
  readonly recorder: EventRecorder;
}

/** The status of one run, in both places where it stands: its record and its events. */
export class RunLedger {
  readonly recorder: EventRecorder;
  readonly #parts: LedgerParts;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    this.recorder = parts.recorder;
  }

  /**
   * Moves the run to the status that the event tells of, and records it. The storage has the last word: what it refuses is
   * recorded as refused. Resolves, with whether the run was moved, when all that is durable.
   */
  async move(event: RunStatusEvent | RunFailure): Promise<boolean> {
    const { runId, runs } = this.#parts;
    const to = statusTold(event.type);
    const { applied, status } = await runs.transition(runId, to, new Date());
    const message = `The run was to become ${to}, but it is ${status} already.`;
    this.recorder.emit(applied ? event : { type: 'ENGINE_EVENT', stepKey: null, message, error: null });
    await this.recorder.flush();
    return applied;
  }

  /**
   * Does something of which the run depends on the records.
   *
   * @throws PipesError PIPES_RUN_FAILED when that rejects: the run is then over, and whatever can still be told so, is
   */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw await this.#giveUp(cause);
    }
  }

  async #giveUp(cause: unknown): Promise<PipesError<RuntimeErrorCode>> {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Run ${this.#parts.runId} ended early, because it could not be recorded: ${why}.`;
    const failure: RunFailure = {
      type: 'RUN_FAILURE',
      reason: 'RUN_EXCEPTION',
      message,
      failedSteps: [],
      error: toPipesException(cause),
    };
    const isMarked = await succeeds(this.#markFailed(failure));
    const status = isMarked ? '' : ' Its status could not be set to FAILURE either.';
    return new PipesError('PIPES_RUN_FAILED', message + status, { cause });
  }

  /** Those who watch the log must see an end, also where the record cannot be moved. */
  async #markFailed(failure: RunFailure): Promise<void> {
    const { runId, runs } = this.#parts;
    try {
      const { applied } = await runs.transition(runId, 'FAILURE', new Date());
      if (applied) this.recorder.emit(failure);
    } catch (error) {
      this.recorder.emit(failure);
      throw error;
    } finally {
      await succeeds(this.recorder.close());
    }
  }
}

async function succeeds(work: Promise<void>): Promise<boolean> {
  const [outcome] = await Promise.allSettled([work]);
  return outcome.status === 'fulfilled';
}
