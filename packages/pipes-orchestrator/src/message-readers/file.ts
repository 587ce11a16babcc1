import { open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isJsonObject, type JsonValue, type PipesParams } from 'pipes-external/protocol';
import { describeFileError } from '../file-errors.ts';
import { judgePath } from '../judge-option.ts';
import type { LinePosition } from './line-splitter.ts';
import {
  type MessageChannel,
  type MessageSink,
  PipesMessageReader,
  type ReadMessagesOptions,
} from './message-reader.ts';
import { readerFailed } from './reader-failed.ts';
import { FileTail, judgeTailOptions, type TailOptions } from './tail-file.ts';

export interface PipesFileMessageReaderOptions extends Omit<TailOptions, 'start'> {
  /** Have the external process send its own stdout and stderr as messages. @default false */
  readonly includeStdioInMessages?: boolean | undefined;
  /** Delete the file when the session is over. @default true */
  readonly cleanupFile?: boolean | undefined;
}

/**
 * Reads messages from a file that both sides can reach. Creates it, mode 0600. One that is there already is emptied, unless
 * it resumes at a cursor, and keeps its owner and its mode: whoever made it may have let another user write to it. One path
 * serves one session at a time.
 */
export class PipesFileMessageReader extends PipesMessageReader {
  readonly #path: string;
  readonly #options: PipesFileMessageReaderOptions;

  /**
   * @param path a relative one is of this process's working directory, and travels as an absolute one
   * @throws PipesError PIPES_OPTION_INVALID
   */
  constructor(path: string, options: PipesFileMessageReaderOptions = {}) {
    super();
    judgePath('PipesFileMessageReader', path);
    judgeTailOptions('PipesFileMessageReader', options);
    this.#path = resolve(path);
    this.#options = options;
  }

  /** @throws PipesError PIPES_READER_FAILED when the file cannot be made or read, or the cursor is not of it */
  async readMessages(sink: MessageSink, { resumeAt }: ReadMessagesOptions): Promise<MessageChannel> {
    const path = this.#path;
    const start = resumeAt === undefined ? beginningOf(path) : parseFileCursor(resumeAt);
    if (start.path !== path) {
      throw readerFailed(`Cannot resume reading ${path}: the cursor is of another file, ${start.path}.`);
    }
    if (resumeAt === undefined) await createEmptyFile(path);
    const tail = await FileTail.open(path, sink, { ...this.#options, start });
    const { includeStdioInMessages = false, cleanupFile = true } = this.#options;
    return {
      params: fileParams(path, includeStdioInMessages),
      start: { ...start },
      drain: () => tail.drain(),
      async [Symbol.asyncDispose]() {
        await tail[Symbol.asyncDispose]();
        if (cleanupFile) await rm(path, { force: true });
      },
    };
  }

  noMessagesDebugText(): string {
    return `Attempted to read messages from the file ${this.#path}. The external process must be able to write to that path (a container needs it mounted) and use PipesDefaultMessageWriter.`;
  }
}

export interface FileCursor extends LinePosition {
  readonly path: string;
}

export function beginningOf(path: string): FileCursor {
  return { path, offset: 0, line: 1 };
}

/** @throws PipesError PIPES_READER_FAILED when it is not a cursor of a file */
export function parseFileCursor(cursor: JsonValue): FileCursor {
  const { path, offset, line } = isJsonObject(cursor) ? cursor : {};
  if (typeof path === 'string' && isCount(offset) && isCount(line)) return { path, offset, line };
  throw readerFailed(
    `Cannot resume reading: ${JSON.stringify(cursor)} is not a cursor of a message file, { path, offset, line }.`,
  );
}

function isCount(value: JsonValue | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The bootstrap params of messages in a file. */
export function fileParams(path: string, includeStdioInMessages: boolean): PipesParams {
  return { path, include_stdio_in_messages: includeStdioInMessages };
}

/** @throws PipesError PIPES_READER_FAILED */
export async function createEmptyFile(path: string): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600);
    await file.close();
  } catch (error) {
    throw readerFailed(`Cannot create the message file ${path}: ${describeFileError(error)}.`, error);
  }
}
