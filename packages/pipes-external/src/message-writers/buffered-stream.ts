import { encodeMessage, type PipesMessage, type PipesStream } from '../protocol/index.ts';
import { PipesMessageWriterChannel } from './message-writer.ts';
import { StdioLines } from './stdio-lines.ts';

const MAX_BUFFERED_CHARACTERS = 8 * 1024 * 1024;

/**
 * Keeps messages and writes them together to stdout or stderr, at `flush`, `close` or the end of the process: for
 * services that hand over only the last part of what was printed. Writes earlier once 8 MiB have come together. A
 * process that is killed with SIGKILL loses what it kept.
 */
export class PipesBufferedStreamMessageWriterChannel extends PipesMessageWriterChannel {
  readonly #lines: StdioLines;
  #buffered: string[] = [];
  #size = 0;

  constructor(stream: PipesStream) {
    super();
    this.#lines = new StdioLines(stream);
  }

  override writeMessage(message: PipesMessage): void {
    const line = encodeMessage(message);
    this.#buffered.push(line);
    this.#size += line.length;
    if (this.#size > MAX_BUFFERED_CHARACTERS) this.#writeOut();
  }

  override async flush(): Promise<void> {
    this.#writeOut();
  }

  override async close(): Promise<void> {
    try {
      this.#writeOut();
    } finally {
      this.#lines.close();
    }
  }

  override closeNow(): void {
    this.#writeOut();
  }

  #writeOut(): void {
    if (this.#buffered.length === 0) return;
    const lines = this.#buffered.join('\n');
    this.#buffered = [];
    this.#size = 0;
    this.#lines.write(lines);
  }
}
