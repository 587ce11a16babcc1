import { encodeMessage, type PipesMessage, type PipesStream } from '../protocol/index.ts';
import { PipesMessageWriterChannel } from './message-writer.ts';
import { StdioLines } from './stdio-lines.ts';

/**
 * Writes each message to stdout or stderr before the report returns. A reader that is slow is waited for, so nothing is
 * lost by ending the process.
 */
export class PipesStreamMessageWriterChannel extends PipesMessageWriterChannel {
  readonly #lines: StdioLines;

  constructor(stream: PipesStream) {
    super();
    this.#lines = new StdioLines(stream);
  }

  override writeMessage(message: PipesMessage): void {
    this.#lines.write(encodeMessage(message));
  }

  override async close(): Promise<void> {
    this.#lines.close();
  }
}
