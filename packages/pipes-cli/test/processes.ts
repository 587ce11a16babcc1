import { readFileSync } from 'node:fs';

/** Whether a process is there and not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || stateOf(pid) !== 'Z';
}

/** Whether a process is stopped, as by Ctrl-Z. Only `/proc` tells: elsewhere it is believed. */
export function isStopped(pid: number): boolean {
  return process.platform !== 'linux' || stateOf(pid) === 'T';
}

function stateOf(pid: number): string | undefined {
  return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}
