import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The folder in which the command is started. */
const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the command from its source, as its own process. */
export function startPipes(args: readonly string[], options: Options = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? FIXTURES,
    env: { ...process.env, CI: '', NO_COLOR: '', FORCE_COLOR: undefined, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 25_000,
    killSignal: 'SIGKILL',
  });
}

/** Runs the command to its end. */
export async function pipes(args: readonly string[], options?: Options): Promise<Ended> {
  return ended(startPipes(args, options));
}

/** What a command that was started wrote, and how it ended. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}
