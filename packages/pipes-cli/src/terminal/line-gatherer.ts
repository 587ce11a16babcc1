const LONGEST = 64 * 1024;

/**
 * Turns the pieces that a stream is written in into whole lines. Of a line that was redrawn with carriage returns, as
 * progress bars are, what was last on it is kept. A line longer than 64 Ki characters is handed over in parts.
 */
export class LineGatherer {
  readonly #onLine: (line: string) => void;
  #partial = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) this.#onLine(lastDrawn(line));
    if (this.#partial.length > LONGEST) this.end();
  }

  /** Hands over what no line feed has ended. */
  end(): void {
    const rest = this.#partial;
    this.#partial = '';
    if (rest !== '') this.#onLine(lastDrawn(rest));
  }
}

function lastDrawn(line: string): string {
  const whole = line.replace(/\r+$/, '');
  return whole.slice(whole.lastIndexOf('\r') + 1);
}
