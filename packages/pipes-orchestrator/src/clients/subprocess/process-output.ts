import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WakeUp } from '../../wake-up.ts';

/** How long the output of a process that has exited may be silent before it counts as ended. */
const QUIET_MS = 100;

/**
 * What a process prints, until its end. Once the process has exited, a silence is the end too: what it started may keep
 * the pipe open for ever. Listens from the call on; asks for the next chunk when the one before was handled.
 */
export function outputOf(readable: Readable, exited: Promise<unknown>): AsyncIterable<Uint8Array> {
  const wakeUp = new WakeUp();
  let hasExited = false;
  const wake = (): void => wakeUp.now();
  readable.on('readable', wake).on('end', wake).on('close', wake).on('error', wake);
  const noteExit = (): void => {
    hasExited = true;
    wake();
  };
  void exited.then(noteExit);

  async function mayHaveMore(): Promise<boolean> {
    if (readable.readableEnded || readable.destroyed) return false;
    if (await wakeUp.next(hasExited ? QUIET_MS : undefined)) return true;
    // A timer that is due because this process was busy must not win over output that is there to be read.
    await nextTurn();
    return readable.readableLength > 0;
  }

  return (async function* chunks() {
    try {
      do {
        for (let chunk = nextChunk(readable); chunk !== null; chunk = nextChunk(readable)) yield chunk;
      } while (await mayHaveMore());
      if (readable.errored) throw readable.errored;
    } finally {
      readable.destroy();
    }
  })();
}

function nextChunk(readable: Readable): Uint8Array | null {
  return readable.read() as Uint8Array | null;
}
