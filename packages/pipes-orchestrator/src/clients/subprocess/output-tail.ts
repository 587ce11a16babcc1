/** The last bytes of an output, whatever its length. */
export class OutputTail {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Uint8Array): void {
    if (this.#maxBytes === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Joined only when twice as much is held, so that each byte is copied about once.
    if (this.#bytes > 2 * this.#maxBytes) this.#cut();
  }

  get text(): string {
    this.#cut();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #cut(): void {
    const all = Buffer.concat(this.#chunks);
    const kept = all.length > this.#maxBytes ? Buffer.from(all.subarray(all.length - this.#maxBytes)) : all;
    this.#chunks = [kept];
    this.#bytes = kept.length;
  }
}
