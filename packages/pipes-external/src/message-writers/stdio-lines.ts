import { patchWrite } from '../patched-write.ts';
import type { PipesStream } from '../protocol/index.ts';
import { LineWriter } from './line-writer.ts';

/**
 * Lines on this process's own stdout or stderr, among whatever else it prints. They bypass `process.stdout`, whose queue
 * dies with the process, and start on a new line where the process has left one unfinished.
 */
export class StdioLines {
  readonly #lines: LineWriter;
  readonly #stream: NodeJS.WriteStream;
  readonly #stopWatching: () => void;
  #isMidLine = false;

  constructor(name: PipesStream) {
    this.#lines = new LineWriter(name === 'stdout' ? 1 : 2, name);
    this.#stream = process[name];
    // What was printed before this session may have ended anywhere.
    this.#isMidLine = ((this.#stream as Partial<NodeJS.WriteStream>).bytesWritten ?? 0) > 0;
    this.#stopWatching = patchWrite(this.#stream, (written) => {
      if (written.chunk.length > 0) this.#isMidLine = !endsLine(written.chunk);
      return written.passOn();
    });
  }

  /** @throws PipesError PIPES_WRITE_FAILED */
  write(lines: string): void {
    // What is still queued will come out after this, and the part of it that is out may end anywhere.
    this.#lines.write(lines, this.#isMidLine || this.#stream.writableLength > 0);
    this.#isMidLine = false;
  }

  close(): void {
    this.#stopWatching();
  }
}

function endsLine(chunk: string | Uint8Array): boolean {
  return typeof chunk === 'string' ? chunk.endsWith('\n') : chunk.at(-1) === 10;
}
