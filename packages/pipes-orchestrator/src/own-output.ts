import type { Writable } from 'node:stream';
import type { PipesStream } from 'pipes-external/protocol';

/**
 * Writes to this process's own stdout or stderr. Resolves when it was taken: waiting for each piece keeps what a slow
 * terminal has not taken yet out of memory.
 */
export async function writeToOwnStream(stream: PipesStream, text: string): Promise<void> {
  const own: Writable = process[stream];
  await new Promise<void>((resolve) => void own.write(text, () => resolve()));
}
