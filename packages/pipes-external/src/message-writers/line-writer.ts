import { writeSync } from 'node:fs';
import type { ExternalErrorCode } from '../errors.ts';
import { PipesError } from '../protocol/index.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space there.',
  EDQUOT: 'The disk quota is used up: free some space there.',
  EPIPE: 'Nobody reads it any more: has the orchestrator ended?',
  EBADF: 'It was closed: something in this process, or the shell that started it, closed the descriptor.',
};

/** Beyond this, writing the rest of a string again and again would copy more than making it a buffer once. */
const MAX_STRING = 16 * 1024;

/**
 * Hands lines to the operating system before it returns. Every line is ASCII, so that a character is a byte.
 *
 * A line that could only be written in part is ended before the next one, so that the loss stays one line.
 */
export class LineWriter {
  readonly #place: string;
  readonly #fd: number;
  #isMidLine = false;

  /** @param place for errors: a path, `stdout` */
  constructor(fd: number, place: string) {
    this.#fd = fd;
    this.#place = place;
  }

  /**
   * @param lines one line or several, without the last newline
   * @param startsNewLine whether to end what somebody else left unfinished
   * @throws PipesError PIPES_WRITE_FAILED
   */
  write(lines: string, startsNewLine = false): void {
    const text = this.#isMidLine || startsNewLine ? `\n${lines}\n` : `${lines}\n`;
    let written = 0;
    try {
      written = text.length > MAX_STRING ? 0 : writeSync(this.#fd, text);
    } catch (error) {
      if (!isBusy(error)) throw writeFailed(this.#place, error);
    }
    if (written < text.length) this.#writeRest(Buffer.from(text, 'latin1'), written);
    this.#isMidLine = false;
  }

  #writeRest(bytes: Buffer, from: number): void {
    let written = from;
    try {
      while (written < bytes.length) written += writeSome(this.#fd, bytes, written);
    } catch (error) {
      this.#isMidLine ||= written > 0;
      throw writeFailed(this.#place, error);
    }
  }
}

/** Writes what fits, waiting while a pipe is full: `writeSync` has no such wait, and a queue would die with us. */
function writeSome(fd: number, bytes: Buffer, from: number): number {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, 1)) {
    Atomics.wait(PAUSE, 0, 0, pauseMs);
    try {
      return writeSync(fd, bytes, from, bytes.length - from);
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
}

/** A reader that is at work needs far less than a millisecond to make room. */
const FIRST_PAUSE_MS = 0.02;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

function isBusy(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN';
}

/** Why a message is not on its way, and what to do about it. */
function writeFailed(place: string, cause: unknown): PipesError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const remedy = code === undefined ? undefined : REMEDIES[code];
  return new PipesError<ExternalErrorCode>(
    'PIPES_WRITE_FAILED',
    `Cannot write a Pipes message to ${place}: ${message}.${remedy === undefined ? '' : ` ${remedy}`} The orchestrator will not see it.`,
    { cause },
  );
}
