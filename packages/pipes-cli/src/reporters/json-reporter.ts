import type { RunEvent, StepKey } from 'pipes-runtime';
import { toJsonLine } from '../render/json-line.ts';
import { renderOutput } from '../render/event-line.ts';
import { plain } from '../terminal/colours.ts';
import { divertOutput } from '../terminal/divert-output.ts';
import { OutputLines } from '../terminal/output-lines.ts';
import type { RunReporter } from './run-reporter.ts';

/** Events as JSON, one a line, and nothing else on stdout: what the user's own code prints goes to stderr. */
export class JsonReporter implements RunReporter {
  readonly #stdout = divertOutput(process.stdout, (text) => void process.stderr.write(text));
  readonly #lines = new OutputLines((stepKey, line) => this.notice(renderOutput(stepKey, line, plain)));

  event(event: RunEvent): void {
    this.#stdout.direct(`${toJsonLine(event)}\n`);
  }

  output(stepKey: StepKey, stream: 'stdout' | 'stderr', text: string): void {
    this.#lines.write(stepKey, stream, text);
  }

  notice(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  [Symbol.dispose](): void {
    this.#lines.end();
    this.#stdout[Symbol.dispose]();
  }
}
