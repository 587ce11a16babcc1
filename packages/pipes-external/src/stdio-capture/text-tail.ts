import { fstatSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { OnOverflow, OutputFile } from './output-files.ts';

const CHUNK_BYTES = 64 * 1024;
const SLOW_POLL_MS = 500;

/** Follows what is appended to a file, as text in pieces of at most 64 KiB. Keeps nothing alive. */
export class TextTail {
  readonly #file: OutputFile;
  readonly #onText: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  readonly #poll: NodeJS.Timeout;
  #position: number;

  /** Starts at the present end of the file. */
  constructor(file: OutputFile, onText: (text: string) => void) {
    this.#file = file;
    this.#onText = onText;
    this.#position = fstatSync(file.readFd).size;
    this.#poll = setInterval(this.pump, SLOW_POLL_MS).unref();
    file.watcher?.on('change', this.pump);
    file.onOverflow.add(this.#append);
  }

  /** Hands over all that is there now. */
  readonly pump = (): void => {
    // A program that opens /dev/stdout anew, as shells do for "> /dev/stdout", empties the file.
    if (fstatSync(this.#file.readFd).size < this.#position) this.#position = 0;
    for (;;) {
      const length = readSync(this.#file.readFd, this.#buffer, 0, CHUNK_BYTES, this.#position);
      if (length === 0) return;
      this.#position += length;
      this.#tell(this.#decoder.write(this.#buffer.subarray(0, length)));
    }
  };

  readonly #append: OnOverflow = (bytes) => {
    this.pump();
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      this.#tell(this.#decoder.write(Buffer.from(bytes.subarray(at, at + CHUNK_BYTES))));
    }
  };

  #tell(text: string): void {
    if (text !== '') this.#onText(text);
  }

  /** Hands over the rest, and nothing any more. */
  stop(): void {
    clearInterval(this.#poll);
    this.#file.watcher?.off('change', this.pump);
    this.#file.onOverflow.delete(this.#append);
    this.pump();
    this.#tell(this.#decoder.end());
  }
}
