import type { StepKey } from 'pipes-runtime';

const LONGEST = 64 * 1024;

/**
 * Turns the pieces that processes write into whole lines, each stream of each step by itself. Of a line that was redrawn
 * with carriage returns, as progress bars are, what was last on it is kept. A line longer than 64 Ki characters is handed
 * over in parts.
 */
export class OutputLines {
  readonly #onLine: (stepKey: StepKey, line: string) => void;
  readonly #partial = { stdout: new Map<StepKey, string>(), stderr: new Map<StepKey, string>() };

  constructor(onLine: (stepKey: StepKey, line: string) => void) {
    this.#onLine = onLine;
  }

  write(stepKey: StepKey, stream: 'stdout' | 'stderr', text: string): void {
    const partial = this.#partial[stream];
    const lines = ((partial.get(stepKey) ?? '') + text).split('\n');
    let rest = lines.pop() ?? '';
    if (rest.length > LONGEST) {
      lines.push(rest);
      rest = '';
    }
    for (const line of lines) this.#onLine(stepKey, lastDrawn(line));
    partial.set(stepKey, rest);
  }

  /** Hands over what no line feed has ended. */
  end(): void {
    for (const partial of Object.values(this.#partial)) {
      for (const [stepKey, rest] of partial) if (rest !== '') this.#onLine(stepKey, lastDrawn(rest));
      partial.clear();
    }
  }
}

function lastDrawn(line: string): string {
  const whole = line.replace(/\r+$/, '');
  return whole.slice(whole.lastIndexOf('\r') + 1);
}
