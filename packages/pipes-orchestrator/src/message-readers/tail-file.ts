import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { isJsonObject, parseWireJson } from 'pipes-external/protocol';
import { judgeCount, judgeInterval } from '../judge-option.ts';
import { Handover } from './handover.ts';
import { describePlace, type LineFlaw, type LinePosition, LineSplitter, type SplitLines } from './line-splitter.ts';
import type { ChannelProblem, MessageSink } from './message-reader.ts';
import { readerFailed } from './reader-failed.ts';
import { reasonOf } from '../reason.ts';
import { WakeUp } from '../wake-up.ts';

export interface TailOptions {
  /** Where to begin. @default the beginning */
  readonly start?: LinePosition | undefined;
  /** How often to look without being told: some file systems do not notify. @default 250 */
  readonly pollMs?: number | undefined;
  /** Longer lines are skipped, each with a problem. @default 16 MiB */
  readonly maxLineBytes?: number | undefined;
}

/** @throws PipesError PIPES_OPTION_INVALID naming the option, and whose it is */
export function judgeTailOptions(owner: string, { pollMs, maxLineBytes }: TailOptions): void {
  judgeInterval(owner, 'pollMs', pollMs);
  judgeCount(owner, 'maxLineBytes', maxLineBytes);
}

const DEFAULT_POLL_MS = 250;
const CHUNK_BYTES = 512 * 1024;

/**
 * Follows a file that is being appended to, into a sink. A notification of the file system wakes it, a slow poll backs
 * that up; then it reads to the end, one chunk and one awaited batch at a time. A file that is truncated, deleted or
 * replaced is a problem with a name, after which it goes on with what is there.
 */
export class FileTail implements AsyncDisposable {
  readonly #path: string;
  readonly #sink: MessageSink;
  readonly #handover: Handover;
  readonly #options: TailOptions;
  readonly #wakeUp = new WakeUp();
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  readonly #finished: Promise<void>;
  #file: FileHandle;
  #watcher: FSWatcher | undefined;
  #splitter: LineSplitter;
  #readOffset: number;
  #isDeleted = false;
  #isDraining = false;
  #isStopped = false;

  private constructor(path: string, file: FileHandle, sink: MessageSink, options: TailOptions) {
    this.#path = path;
    this.#file = file;
    this.#sink = sink;
    this.#handover = new Handover(sink);
    this.#options = options;
    this.#splitter = new LineSplitter(options);
    this.#readOffset = this.#splitter.position.offset;
    this.#finished = this.#follow().catch((error: unknown) => {
      this.#lost(`Reading the message file ${path} failed, and what came after is unread: ${reasonOf(error)}`, error);
    });
  }

  /** @throws PipesError PIPES_READER_FAILED when the file cannot be read, or ends before the place to begin at */
  static async open(path: string, sink: MessageSink, options: TailOptions = {}): Promise<FileTail> {
    const file = await open(path, 'r').catch((error: Error) => {
      throw readerFailed(`Cannot read the message file ${path}: ${error.message}.`, error);
    });
    try {
      const { size } = await file.stat();
      const offset = options.start?.offset ?? 0;
      if (offset <= size) return new FileTail(path, file, sink, options);
      throw readerFailed(
        `Cannot go on reading ${path} at byte ${offset}: it has ${size} bytes. It was truncated or replaced since the cursor was stored; without the cursor, reading begins at its start.`,
      );
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Nothing will be written any more: resolves when all of the file was delivered. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#wakeUp.now();
    await this.#finished;
  }

  /** Stops, also while the sink is busy with a batch. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#handover.abandon();
    this.#wakeUp.now();
    await this.#finished;
  }

  async #follow(): Promise<void> {
    try {
      this.#watch();
      while (!this.#isStopped) {
        const isLast = this.#isDraining;
        const bytesRead = await this.#readToEnd();
        // Looking at the path costs as much as reading: only when there was nothing else to do, or never will be.
        if ((isLast || bytesRead === 0) && (await this.#moveToReplacement())) continue;
        if (isLast) break;
        await this.#wakeUp.next(this.#options.pollMs ?? DEFAULT_POLL_MS);
      }
      await this.#deliverUnfinishedLine();
    } finally {
      this.#watcher?.close();
      await this.#file.close();
    }
  }

  async #readToEnd(): Promise<number> {
    let total = 0;
    while (!this.#isStopped) {
      const { bytesRead } = await this.#file.read(this.#buffer, 0, CHUNK_BYTES, this.#readOffset);
      if (bytesRead === 0 && !(await this.#recoverFromTruncation())) break;
      total += bytesRead;
      this.#readOffset += bytesRead;
      await this.#deliver(this.#splitter.push(this.#buffer.subarray(0, bytesRead)));
    }
    return total;
  }

  /** Where there is nothing to read. A file that was truncated and has grown past the old end by now looks intact. */
  async #recoverFromTruncation(): Promise<boolean> {
    const { size, nlink } = await this.#file.stat();
    if (nlink === 0 && !this.#isDeleted) {
      this.#isDeleted = true;
      this.#lost(`The message file ${this.#path} was deleted or replaced while it was being read.`);
    }
    if (size >= this.#readOffset) return false;
    this.#lost(
      `The message file ${this.#path} was truncated from ${this.#readOffset} to ${size} bytes while it was being read; reading goes on at its start.`,
    );
    this.#startOver();
    return true;
  }

  /** When another file is at the path by now: reads the old one to its end, then goes on with that one. */
  async #moveToReplacement(): Promise<boolean> {
    const next = await this.#openReplacement();
    if (next === undefined) return false;
    await this.#readToEnd();
    await this.#deliverUnfinishedLine();
    if (!this.#isDeleted) this.#lost(`The message file ${this.#path} was replaced while it was being read.`);
    await this.#file.close();
    this.#file = next;
    this.#isDeleted = false;
    this.#startOver();
    this.#watch();
    return true;
  }

  async #openReplacement(): Promise<FileHandle | undefined> {
    const current = await this.#file.stat();
    // Whatever keeps us from seeing the path, the open file is still there to be read, and the next look may see it.
    const found = await stat(this.#path).catch(() => undefined);
    if (found === undefined || (found.ino === current.ino && found.dev === current.dev)) return undefined;
    return await open(this.#path, 'r').catch(() => undefined);
  }

  #startOver(): void {
    this.#splitter = new LineSplitter({ maxLineBytes: this.#options.maxLineBytes });
    this.#readOffset = 0;
  }

  async #deliverUnfinishedLine(): Promise<void> {
    if (this.#isStopped) return;
    const start = this.#splitter.position;
    const bytes = this.#readOffset - start.offset;
    const end = this.#splitter.finish();
    if (end.lines.every((line) => isJson(line.text))) return await this.#deliver(end);
    this.#lost(
      `The last message in ${this.#path} is cut off: ${describePlace(start)} has ${bytes} bytes and no end. Its writer was killed while it wrote, or the disk is full.`,
    );
  }

  async #deliver({ lines, flaws }: SplitLines): Promise<void> {
    for (const flaw of flaws) this.#sink.problem(describeFlaw(flaw, this.#path));
    const cursor = { path: this.#path, ...this.#splitter.position };
    await this.#handover.deliver({ lines, cursor });
  }

  #lost(message: string, cause?: unknown): void {
    this.#sink.problem({ message, cause, mayHaveLostMessages: true });
  }

  #watch(): void {
    this.#watcher?.close();
    try {
      const watcher = watch(this.#path, { persistent: false }, () => this.#wakeUp.now());
      // Without notifications (a limit of the system, an exotic file system) the poll finds what is written.
      this.#watcher = watcher.on('error', () => watcher.close());
    } catch {
      this.#watcher = undefined;
    }
  }
}

function describeFlaw({ kind, place, bytes }: LineFlaw, path: string): ChannelProblem {
  return kind === 'too-long'
    ? {
        message: `${place} of ${path} has ${bytes.toLocaleString('en-US')} bytes, more than maxLineBytes: it was skipped.`,
        mayHaveLostMessages: true,
      }
    : {
        message: `${place} of ${path} is not valid UTF-8: its bad bytes were read as U+FFFD.`,
        mayHaveLostMessages: false,
      };
}

function isJson(text: string): boolean {
  try {
    return isJsonObject(parseWireJson(text));
  } catch {
    return false;
  }
}
