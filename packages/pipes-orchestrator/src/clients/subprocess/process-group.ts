import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a process that was killed may take to vanish: longer when it hangs in the kernel. */
const KILL_TIMEOUT_MS = 5_000;
/** Nothing tells when the last process of a group has ended, other than the child itself: looks, and less and less often. */
const FIRST_LOOK_AFTER_MS = 10;
const LOOK_AT_LEAST_EVERY_MS = 200;

export interface GroupLeader {
  readonly pid: number;
  /** Signals the leader and, where the system can, all that it started. */
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<unknown>;
}

/**
 * Ends a process and all that it started: SIGTERM, a grace period, SIGKILL. A process that left the group on purpose (a
 * daemon) goes its own way. When this process exits meanwhile, there is no more grace.
 *
 * @returns whether all of them are gone
 */
export async function terminateGroup(leader: GroupLeader, graceMs: number): Promise<boolean> {
  const killNow = (): void => leader.kill('SIGKILL');
  process.once('exit', killNow);
  try {
    leader.kill('SIGTERM');
    if (await isGoneWithin(leader, graceMs)) return true;
    killNow();
    return await isGoneWithin(leader, KILL_TIMEOUT_MS);
  } finally {
    process.removeListener('exit', killNow);
  }
}

async function isGoneWithin(leader: GroupLeader, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  const timeout = new AbortController();
  const hasExited = await Promise.race([
    leader.exited.then(() => true),
    pause(timeoutMs, false, { signal: timeout.signal }).catch(() => false),
  ]);
  timeout.abort();
  if (!hasExited) return false;
  for (let lookAfterMs = FIRST_LOOK_AFTER_MS; await isGroupAlive(leader.pid);) {
    if (performance.now() >= deadline) return false;
    await pause(lookAfterMs);
    lookAfterMs = Math.min(2 * lookAfterMs, LOOK_AT_LEAST_EVERY_MS);
  }
  return true;
}

/**
 * Whether a process of the group runs; also true where that cannot be told. Windows has no groups: there the leader's tree
 * is killed as a whole.
 */
async function isGroupAlive(groupId: number): Promise<boolean> {
  if (process.platform === 'win32') return false;
  try {
    process.kill(-groupId, 0);
  } catch {
    return false;
  }
  // Zombies count for kill(2). The first process of a container often never reaps the orphans it is given.
  return process.platform !== 'linux' || (await hasLivingMember(groupId));
}

/** One process after another: a busy machine has more of them than this one may have files open. */
async function hasLivingMember(groupId: number): Promise<boolean> {
  const names = await readdir('/proc').catch(() => undefined);
  if (names === undefined) return true;
  for (const pid of names.filter((name) => /^\d+$/.test(name))) {
    if (await livesIn(groupId, pid)) return true;
  }
  return false;
}

async function livesIn(groupId: number, pid: string): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state parent group …": the name may hold anything, parentheses too.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === groupId && state !== 'Z' && state !== 'X';
  } catch (error) {
    return !NOT_OURS.has((error as NodeJS.ErrnoException).code ?? '');
  }
}

/**
 * It ended between the look at the list and the look at it; or it is of another user, where the system shows those to
 * nobody else. Any other failure says nothing of it: too many open files, for instance.
 */
const NOT_OURS: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);
