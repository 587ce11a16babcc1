/** About 25 days, the most that a timer can hold. */
const LONG_MS = 2 ** 31 - 1;

/**
 * Waits, and has this process wait too: what it waits for (a file that grows, a promise) would not keep the process alive
 * by itself, and it would end without a word.
 */
export async function keepingAlive<T>(waiting: Promise<T>): Promise<T> {
  const handle = setInterval(() => {}, LONG_MS);
  try {
    return await waiting;
  } finally {
    clearInterval(handle);
  }
}
