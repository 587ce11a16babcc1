import type { RunEvent, StepKey } from 'pipes-runtime';
import { renderEvent, renderOutput } from '../render/event-line.ts';
import { formatClock } from '../render/values.ts';
import type { Colours } from '../terminal/colours.ts';
import { OutputLines } from '../terminal/output-lines.ts';
import type { RunReporter } from './run-reporter.ts';

/** A line with its time for each event worth telling: for logs of CI, files and pipes. */
export class PlainReporter implements RunReporter {
  readonly #write: (text: string) => void;
  readonly #colours: Colours;
  readonly #lines = new OutputLines((stepKey, line) =>
    this.#line(new Date(), renderOutput(stepKey, line, this.#colours)),
  );

  constructor(write: (text: string) => void, colours: Colours) {
    this.#write = write;
    this.#colours = colours;
  }

  event(event: RunEvent): void {
    const line = renderEvent(event, this.#colours);
    if (line !== undefined) this.#line(event.at, line);
  }

  output(stepKey: StepKey, stream: 'stdout' | 'stderr', text: string): void {
    this.#lines.write(stepKey, stream, text);
  }

  notice(text: string): void {
    this.#line(new Date(), this.#colours.yellow(text));
  }

  [Symbol.dispose](): void {
    this.#lines.end();
  }

  #line(at: Date, text: string): void {
    this.#write(`${this.#colours.dim(formatClock(at))} ${text}\n`);
  }
}
