import { applyEvents, emptySummary, type RunEvent, type RunSummary, type StepKey } from 'pipes-runtime';
import { renderEvent, renderLog, renderOutput } from '../render/event-line.ts';
import { renderLive } from '../render/live.ts';
import { printable } from '../render/text.ts';
import type { Colours } from '../terminal/colours.ts';
import { divertOutput } from '../terminal/divert-output.ts';
import { LineGatherer } from '../terminal/line-gatherer.ts';
import { LiveView, type Screen } from '../terminal/live-view.ts';
import { OutputLines } from '../terminal/output-lines.ts';
import type { RunReporter } from './run-reporter.ts';

/** A line for each step, redrawn in place on a terminal, and the logs of the steps scrolling above. */
export class LiveReporter implements RunReporter {
  readonly #colours: Colours;
  readonly #own = {
    stdout: new LineGatherer((line) => this.#printOwn(line)),
    stderr: new LineGatherer((line) => this.#printOwn(line)),
  };

  readonly #stderr = divertOutput(process.stderr, (text) => this.#own.stderr.write(text));
  readonly #stdout = divertOutput(process.stdout, (text) => this.#own.stdout.write(text));
  readonly #view: LiveView;
  readonly #lines = new OutputLines((stepKey, line) => {
    this.#said.set(stepKey, line);
    this.#view.print(renderOutput(stepKey, line, this.#colours));
  });

  readonly #said = new Map<StepKey, string>();
  #summary: RunSummary = emptySummary;
  #since: Date | undefined;
  #notice: string | undefined;
  /** Folded a frame at a time: the fold copies the summary. */
  #unfolded: RunEvent[] = [];

  constructor(colours: Colours) {
    this.#colours = colours;
    this.#view = new LiveView({
      write: this.#stdout.direct,
      screen: () => ({ columns: process.stdout.columns, rows: process.stdout.rows }),
      render: (screen) => this.#render(screen),
    });
  }

  event(event: RunEvent): void {
    this.#unfolded.push(event);
    this.#since ??= event.at;
    if (event.type === 'LOG') {
      if (event.stepKey !== null) this.#said.set(event.stepKey, event.message);
      this.#view.print(renderLog(event, this.#colours));
    }
    if (event.type === 'STEP_FAILURE' || event.type === 'ENGINE_EVENT') this.#printEvent(event);
  }

  output(stepKey: StepKey, stream: 'stdout' | 'stderr', text: string): void {
    this.#lines.write(stepKey, stream, text);
  }

  notice(text: string): void {
    this.#notice = text;
  }

  [Symbol.dispose](): void {
    this.#lines.end();
    this.#own.stdout.end();
    this.#own.stderr.end();
    this.#view[Symbol.dispose]();
    this.#stdout[Symbol.dispose]();
    this.#stderr[Symbol.dispose]();
  }

  #render({ columns, rows }: Screen): string {
    if (this.#since === undefined) return '';
    this.#summary = applyEvents(this.#summary, this.#unfolded);
    this.#unfolded = [];
    const state = { summary: this.#summary, since: this.#since, lines: this.#said, notice: this.#notice };
    return renderLive(state, { width: columns, height: rows, colours: this.#colours, now: new Date() });
  }

  #printEvent(event: RunEvent): void {
    const line = renderEvent(event, this.#colours);
    if (line !== undefined) this.#view.print(line);
  }

  /** A line that the user's own code printed in this process. */
  #printOwn(line: string): void {
    this.#view.print(printable(line));
  }
}
