import { closeSync, type FSWatcher, fstatSync, openSync, readSync, watch } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const CHUNK_BYTES = 64 * 1024;
const SLOW_POLL_MS = 500;

/** Follows what is appended to a file, as text in pieces of at most 64 KiB. Keeps nothing alive. */
export class TextTail {
  readonly #fd: number;
  readonly #onText: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  readonly #poll: NodeJS.Timeout;
  readonly #watcher: FSWatcher | undefined;
  #position: number;

  /** Starts at the present end of the file. */
  constructor(file: string, onText: (text: string) => void) {
    this.#onText = onText;
    this.#fd = openSync(file, 'r');
    this.#position = fstatSync(this.#fd).size;
    const wake = (): void => this.pump();
    this.#poll = setInterval(wake, SLOW_POLL_MS).unref();
    this.#watcher = tryToWatch(file, wake);
  }

  /** Hands over all that is there now. */
  pump(): void {
    for (;;) {
      const length = readSync(this.#fd, this.#buffer, 0, CHUNK_BYTES, this.#position);
      if (length === 0) return;
      this.#position += length;
      const text = this.#decoder.write(this.#buffer.subarray(0, length));
      if (text !== '') this.#onText(text);
    }
  }

  /** Hands over the rest, and lets go of the file. */
  stop(): void {
    clearInterval(this.#poll);
    this.#watcher?.close();
    try {
      this.pump();
      const rest = this.#decoder.end();
      if (rest !== '') this.#onText(rest);
    } finally {
      closeSync(this.#fd);
    }
  }
}

/** The slow poll serves where the system has no watch left to give. */
function tryToWatch(file: string, wake: () => void): FSWatcher | undefined {
  try {
    return watch(file, { persistent: false }, wake).on('error', () => {});
  } catch {
    return undefined;
  }
}
