import type { ExternalErrorCode } from './errors.ts';
import { PipesError } from './protocol/index.ts';

const INTERVAL_MS = 1000;

/** Thins out reports of progress: the first, then at most one a second, and always the last. */
export class Progress {
  readonly #now: () => number;
  #lastAt = Number.NEGATIVE_INFINITY;
  #lastText: string | undefined;
  #held: string | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * @returns what to say now, if anything
   * @throws PipesError PIPES_REPORT_INVALID for anything but finite numbers from 0
   */
  update(done: number, total: number | undefined): string | undefined {
    judge('done', done);
    if (total !== undefined) judge('total', total);
    const now = this.#now();
    const isFinished = total !== undefined && done >= total;
    this.#held = toText(done, total);
    if (!isFinished && now - this.#lastAt < INTERVAL_MS) return undefined;
    this.#lastAt = now;
    return this.rest();
  }

  /** What was held back last, if anything. */
  rest(): string | undefined {
    const text = this.#held === this.#lastText ? undefined : this.#held;
    this.#lastText = this.#held;
    return text;
  }
}

function toText(done: number, total: number | undefined): string {
  if (total === undefined) return `progress ${done}`;
  const percent = total === 0 ? '' : ` (${Math.floor((done / total) * 100)} %)`;
  return `progress ${done}/${total}${percent}`;
}

function judge(field: string, value: number): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return;
  throw new PipesError<ExternalErrorCode>(
    'PIPES_REPORT_INVALID',
    `Cannot report progress: ${field} is ${String(value)}, but must be a finite number from 0. Nothing was sent.`,
  );
}
