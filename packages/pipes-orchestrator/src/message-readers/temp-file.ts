import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { JsonValue } from 'pipes-external/protocol';
import { describeFileError } from '../file-errors.ts';
import { beginningOf, createEmptyFile, type FileCursor, fileParams, parseFileCursor } from './file.ts';
import {
  type MessageChannel,
  type MessageSink,
  PipesMessageReader,
  type ReadMessagesOptions,
} from './message-reader.ts';
import { readerFailed } from './reader-failed.ts';
import { FileTail, judgeTailOptions, type TailOptions } from './tail-file.ts';

export interface PipesTempFileMessageReaderOptions extends Omit<TailOptions, 'start'> {
  /** Have the external process send its own stdout and stderr as messages. @default false */
  readonly includeStdioInMessages?: boolean | undefined;
}

const DIRECTORY_PREFIX = 'pipes-messages-';
const FILE_NAME = 'messages';

/**
 * Reads messages from a temporary file: for external processes on this machine. Each session has a directory of its own
 * (0700, with an unguessable name) that is removed when the session is over.
 */
export class PipesTempFileMessageReader extends PipesMessageReader {
  readonly #options: PipesTempFileMessageReaderOptions;

  /** @throws PipesError PIPES_OPTION_INVALID */
  constructor(options: PipesTempFileMessageReaderOptions = {}) {
    super();
    judgeTailOptions('PipesTempFileMessageReader', options);
    this.#options = options;
  }

  /** @throws PipesError PIPES_READER_FAILED when the file cannot be made, or the cursor is not of such a file */
  async readMessages(sink: MessageSink, { resumeAt }: ReadMessagesOptions): Promise<MessageChannel> {
    const start = resumeAt === undefined ? beginningOf(await makeTempFile()) : parseTempFileCursor(resumeAt);
    const { path } = start;
    const remove = (): Promise<void> => rm(dirname(path), { recursive: true, force: true });
    const tail = await FileTail.open(path, sink, { ...this.#options, start }).catch(async (error: unknown) => {
      // One that is resumed holds what another attempt may still read.
      if (resumeAt === undefined) await remove();
      throw error;
    });
    return {
      params: fileParams(path, this.#options.includeStdioInMessages ?? false),
      start: { ...start },
      drain: () => tail.drain(),
      async [Symbol.asyncDispose]() {
        await tail[Symbol.asyncDispose]();
        await remove();
      },
    };
  }

  noMessagesDebugText(): string {
    return 'Attempted to read messages from a local temporary file. The external process must run on this machine with the same file system and use PipesDefaultMessageWriter.';
  }
}

async function makeTempFile(): Promise<string> {
  const parent = tmpdir();
  const directory = await mkdtemp(join(parent, DIRECTORY_PREFIX)).catch((error: unknown) => {
    throw readerFailed(`Cannot make a temporary directory in ${parent}: ${describeFileError(error)}.`, error);
  });
  const path = join(directory, FILE_NAME);
  try {
    await createEmptyFile(path);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  return path;
}

/** The directory of the file is removed in the end: only one that an earlier session of ours made may be taken up. */
function parseTempFileCursor(resumeAt: JsonValue): FileCursor {
  const cursor = parseFileCursor(resumeAt);
  if (basename(cursor.path) === FILE_NAME && basename(dirname(cursor.path)).startsWith(DIRECTORY_PREFIX)) return cursor;
  throw readerFailed(
    `Cannot resume reading ${cursor.path}: it is not a file that PipesTempFileMessageReader made. Use PipesFileMessageReader with this path.`,
  );
}
