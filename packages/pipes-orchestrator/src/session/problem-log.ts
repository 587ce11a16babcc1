import type { ExecutionLog } from '../execution-context.ts';
import { reasonOf } from '../reason.ts';
import type { SessionProblem } from './problem.ts';
import type { SessionSnapshot } from './session-cursor.ts';

/** Whether a pipe that did not end well fails (`strict`), or only warns as Python's Dagster does. */
export type Strictness = 'strict' | 'dagster';

const MAX_ALIKE = 100;

/**
 * The problems of one session, each logged as it appears. More than {@link MAX_ALIKE} of a sort are only counted: a
 * process that writes a million lines of garbage must fill neither the memory of the orchestrator nor its log.
 */
export class ProblemLog {
  readonly #log: ExecutionLog;
  readonly #strictness: Strictness;
  readonly #kept: SessionProblem[];
  readonly #counts: Map<string, number>;

  /** @param earlier of the session that is resumed: they were logged then */
  constructor(log: ExecutionLog, strictness: Strictness, earlier: Pick<SessionSnapshot, 'problems' | 'problemCounts'>) {
    this.#log = log;
    this.#strictness = strictness;
    this.#kept = [...earlier.problems];
    this.#counts = new Map(Object.entries(earlier.problemCounts));
  }

  get all(): readonly SessionProblem[] {
    return [...this.#kept];
  }

  /** How many there were of each sort. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  get failing(): readonly SessionProblem[] {
    return this.#kept.filter(({ fails }) => fails);
  }

  /** How many failing ones were only counted. */
  get failingUnkept(): number {
    return [...this.#counts]
      .filter(([sort]) => sort.startsWith('true'))
      .reduce((sum, [, count]) => sum + Math.max(0, count - MAX_ALIKE), 0);
  }

  record(problem: SessionProblem): void {
    const alike = this.#keep(problem);
    if (alike > MAX_ALIKE + 1) return;
    try {
      if (alike <= MAX_ALIKE) this.#write(problem, problem.message);
      else this.#write(problem, `More than ${MAX_ALIKE} problems like the last one: the rest is only counted.`);
    } catch (error) {
      this.#keep(brokenLog(error));
    }
  }

  #keep(problem: SessionProblem): number {
    const sort = `${problem.fails} ${problem.kind}`;
    const alike = (this.#counts.get(sort) ?? 0) + 1;
    this.#counts.set(sort, alike);
    if (alike <= MAX_ALIKE) this.#kept.push(problem);
    return alike;
  }

  #write({ kind, fails }: SessionProblem, message: string): void {
    if (kind === 'exception' || (fails && this.#strictness === 'strict')) this.#log.error(message);
    else this.#log.warning(message);
  }
}

/** The host's own log throws: that cannot be logged, and must not pass for success either. */
function brokenLog(cause: unknown): SessionProblem {
  return {
    kind: 'channel',
    message: `The log of the session's context failed: ${reasonOf(cause)}.`,
    fails: true,
    cause,
  };
}
