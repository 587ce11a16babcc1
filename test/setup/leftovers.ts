import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives all tests one temp folder of their own, and fails the run when they leave something in it, or a process running
 * (looked for where there is a `/proc`).
 */
export function setup(): () => void {
  const outer = process.env['TMPDIR'];
  const folder = mkdtempSync(join(tmpdir(), 'pipes-tests-'));
  process.env['TMPDIR'] = folder;
  // Node keeps compiled code in the temp folder for whoever asks: it is not ours.
  process.env['NODE_DISABLE_COMPILE_CACHE'] = '1';
  return () => {
    restore('TMPDIR', outer);
    const files = readdirSync(folder);
    rmSync(folder, { recursive: true, force: true });
    const left = [...files.map((name) => `in the temp folder: ${name}`), ...processesOf(folder)];
    if (left.length > 0) throw new Error(`The tests left behind:\n${left.join('\n')}`);
  };
}

/** Whoever inherited our temp folder, except the runner and its own workers. */
function processesOf(folder: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const belongs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TMPDIR=${folder}`);
        return belongs && parentOf(pid) !== process.pid ? [`process ${pid}: ${commandOf(pid)}`] : [];
      } catch {
        // It ended while we looked, or belongs to somebody else.
        return [];
      }
    });
}

function parentOf(pid: string): number {
  return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function commandOf(pid: string): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || readlinkSync(`/proc/${pid}/exe`);
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
