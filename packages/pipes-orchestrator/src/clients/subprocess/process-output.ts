import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WakeUp } from '../../wake-up.ts';

/** How long the output of a process that has exited may be silent before it counts as ended. */
const QUIET_MS = 100;
/** How long it is waited for in all, once the process has exited. */
const LINGER_MS = 1_000;
/** How much is read of it then: more than a pipe holds, so that what the process itself wrote is in it. */
const LINGER_BYTES = 4 * 1024 * 1024;

/**
 * What a process prints, until its end. Once the process has exited, what it started may keep the pipe open for ever, and
 * print for ever: then a silence is the end too, and so is much more than the process can have left in its pipe, or a
 * second of waiting for it. The time that the consumer takes does not count. Listens from the call on; asks for the next
 * chunk when the one before was handled.
 */
export function outputOf(readable: Readable, exited: Promise<unknown>): AsyncIterable<Uint8Array> {
  const wakeUp = new WakeUp();
  let hasExited = false;
  let waitedMs = 0;
  let bytesSince = 0;
  const wake = (): void => wakeUp.now();
  readable.on('readable', wake).on('end', wake).on('close', wake).on('error', wake);
  const noteExit = (): void => {
    hasExited = true;
    wake();
  };
  void exited.then(noteExit);

  const isSpent = (): boolean => waitedMs >= LINGER_MS || bytesSince >= LINGER_BYTES;

  async function mayHaveMore(): Promise<boolean> {
    if (readable.readableEnded || readable.destroyed || isSpent()) return false;
    if (!hasExited) return await wakeUp.next();
    const waitingSince = performance.now();
    const wasWoken = await wakeUp.next(QUIET_MS);
    waitedMs += performance.now() - waitingSince;
    if (wasWoken) return true;
    // A timer that is due because this process was busy must not win over output that is there to be read.
    await nextTurn();
    return readable.readableLength > 0;
  }

  return (async function* chunks() {
    try {
      do {
        for (let chunk = nextChunk(readable); chunk !== null && !isSpent(); chunk = nextChunk(readable)) {
          if (hasExited) bytesSince += chunk.length;
          yield chunk;
        }
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
