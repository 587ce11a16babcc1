import { PipesError, toPipesException } from 'pipes-external/protocol';
import type { PipesSession } from 'pipes-orchestrator';
import { callStep, type StepDef } from '../definitions/step-def.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import type { EventRecorder } from './event-recorder.ts';

/** The sessions that one attempt of a step opened: none may stay open, and no result may stay in one. */
export class StepSessions {
  readonly #step: StepDef;
  readonly #recorder: EventRecorder;
  readonly #sessions: PipesSession[] = [];

  constructor(step: StepDef, recorder: EventRecorder) {
    this.#step = step;
    this.#recorder = recorder;
  }

  add(session: PipesSession): void {
    this.#sessions.push(session);
  }

  /**
   * The step is done: closes what it left open.
   *
   * @throws what closing throws, and PipesError PIPES_STEP_RESULT_INVALID when results were left in a session
   */
  async finish(): Promise<void> {
    const errors = await this.#closeAll();
    if (errors.length > 0)
      throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'Sessions did not end well');
    const left = this.#countPending();
    if (left === 0) return;
    throw new PipesError<RuntimeErrorCode>(
      'PIPES_STEP_RESULT_INVALID',
      `${callStep(this.#step)} left ${left} reported ${left === 1 ? 'result' : 'results'} in its session. ` +
        'Return them, `return invocation.getMaterializeResult()`, or pass them on, `yield* session.results()`.',
    );
  }

  /** The step failed: closes what it left open, and says what is lost with it. */
  async abandon(): Promise<void> {
    const stepKey = this.#step.stepKey;
    for (const error of await this.#closeAll()) {
      const message = 'A session that the failed step left open did not end well.';
      this.#recorder.emit({ type: 'ENGINE_EVENT', stepKey, message, error: toPipesException(error) });
    }
    const left = this.#countPending();
    if (left === 0) return;
    const message = `The step failed before it took ${left} reported ${left === 1 ? 'result' : 'results'} from its session: not recorded.`;
    this.#recorder.emit({ type: 'LOG', stepKey, level: 'warning', message });
  }

  async #closeAll(): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    for (const session of this.#sessions.filter((each) => !each.isClosed)) {
      try {
        await session.close();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }

  #countPending(): number {
    return this.#sessions.reduce((sum, session) => sum + session.pendingResults, 0);
  }
}
