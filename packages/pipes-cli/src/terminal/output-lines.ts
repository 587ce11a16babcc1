import type { StepKey } from 'pipes-runtime';
import { LineGatherer } from './line-gatherer.ts';

/** The whole lines of what processes write, each stream of each step by itself. */
export class OutputLines {
  readonly #onLine: (stepKey: StepKey, line: string) => void;
  readonly #gatherers = { stdout: new Map<StepKey, LineGatherer>(), stderr: new Map<StepKey, LineGatherer>() };

  constructor(onLine: (stepKey: StepKey, line: string) => void) {
    this.#onLine = onLine;
  }

  write(stepKey: StepKey, stream: 'stdout' | 'stderr', text: string): void {
    const gatherers = this.#gatherers[stream];
    const known = gatherers.get(stepKey);
    const gatherer = known ?? new LineGatherer((line) => this.#onLine(stepKey, line));
    if (known === undefined) gatherers.set(stepKey, gatherer);
    gatherer.write(text);
  }

  /** Hands over what no line feed has ended. */
  end(): void {
    for (const gatherers of Object.values(this.#gatherers)) for (const each of gatherers.values()) each.end();
  }
}
