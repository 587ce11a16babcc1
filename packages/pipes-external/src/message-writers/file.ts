import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ExternalErrorCode } from '../errors.ts';
import { encodeMessage, PipesError, type PipesMessage } from '../protocol/index.ts';
import { LineWriter } from './line-writer.ts';
import { PipesMessageWriterChannel } from './message-writer.ts';

/**
 * Appends each message to a file that stays open: one system call a message. Once a report returns, its message
 * survives the process, however that ends. A file that is not there yet is made for this user only.
 */
export class PipesFileMessageWriterChannel extends PipesMessageWriterChannel {
  readonly #fd: number;
  readonly #lines: LineWriter;

  /** @throws PipesError PIPES_WRITE_FAILED when the file cannot be opened */
  constructor(path: string) {
    super();
    this.#fd = openForAppending(path);
    this.#lines = new LineWriter(this.#fd, path);
  }

  override writeMessage(message: PipesMessage): void {
    this.#lines.write(encodeMessage(message));
  }

  override async close(): Promise<void> {
    closeSync(this.#fd);
  }
}

function openForAppending(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const remedy =
      code === 'ENOENT'
        ? `The folder ${dirname(path)} does not exist here: the message reader of the launching side makes it, so both sides must see the same disk.`
        : 'The launching side chose this place: may this process write there?';
    throw new PipesError<ExternalErrorCode>(
      'PIPES_WRITE_FAILED',
      `Cannot open ${path} for Pipes messages: ${message}. ${remedy}`,
      { cause: error },
    );
  }
}
