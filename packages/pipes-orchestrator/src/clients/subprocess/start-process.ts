import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { PipesError } from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from '../../errors.ts';
import { type Command, looksLikeShell } from './command.ts';
import type { GroupLeader } from './process-group.ts';

export interface StartOptions {
  readonly cwd: string;
  /** All of it: nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether anybody reads stdout. Where nobody does, there is no pipe to fill up. */
  readonly readsStdout: boolean;
  /** Whether the group is told to terminate when this process exits. */
  readonly endsWithParent: boolean;
}

export interface ProcessExit {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
}

export interface StartedProcess extends GroupLeader {
  readonly stdout: Readable | null;
  readonly stderr: Readable;
  /** Settles when the process is gone, be its pipes open or not. */
  readonly exited: Promise<ProcessExit>;
}

/**
 * Starts a process as the leader of its own group.
 *
 * @throws PipesError PIPES_LAUNCH_FAILED saying which of program, working directory and permission is at fault
 */
export async function startProcess(command: Command, options: StartOptions): Promise<StartedProcess> {
  const startedAt = performance.now();
  const subprocess = execa(command.program, command.args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    stdin: 'ignore',
    stdout: options.readsStdout ? 'pipe' : 'ignore',
    stderr: 'pipe',
    encoding: 'buffer',
    buffer: false,
    reject: false,
    killDescendants: true,
    forceKillAfterDelay: false,
    cleanup: options.endsWithParent,
  });
  const { pid, stdout, stderr, nodeChildProcess } = subprocess;
  if (pid === undefined) {
    const { cause } = await subprocess;
    throw await launchFailed(command, options.cwd, cause as NodeJS.ErrnoException);
  }
  const exited = new Promise<ProcessExit>((settle) => {
    nodeChildProcess.once('exit', (exitCode, signal) => {
      settle({ exitCode, signal, durationMs: Math.round(performance.now() - startedAt) });
    });
  });
  return { pid, stdout, stderr, exited, kill: (signal) => subprocess.kill(signal) };
}

async function launchFailed(
  command: Command,
  cwd: string,
  cause: NodeJS.ErrnoException,
): Promise<PipesError<OrchestratorErrorCode>> {
  const reason = await explain(command, cwd, cause);
  return new PipesError('PIPES_LAUNCH_FAILED', `Cannot launch ${command.text}: ${reason}`, { cause });
}

async function explain(command: Command, cwd: string, { code, message }: NodeJS.ErrnoException): Promise<string> {
  const directory = await stat(cwd).catch(() => undefined);
  if (directory === undefined) return `its working directory ${cwd} does not exist.`;
  if (!directory.isDirectory()) return `its working directory ${cwd} is not a directory.`;
  const { program } = command;
  const isPath = program.includes('/');
  const file = isPath ? await stat(resolve(cwd, program)).catch(() => undefined) : undefined;
  if (code === 'ENOENT') {
    if (file !== undefined) return `the interpreter that the first line of ${program} names does not exist.`;
    if (looksLikeShell(command)) return NO_SHELL;
    return isPath ? `there is no file ${resolve(cwd, program)}.` : `there is no program ${program} in PATH.`;
  }
  if (code === 'EACCES') {
    if (file?.isDirectory()) return `${program} is a directory.`;
    return `${program} is not executable. Make it so (chmod +x), or name its interpreter: ['node', '${program}'].`;
  }
  if (code === 'E2BIG') return 'its arguments and environment are larger than the system allows.';
  return `${message}.`;
}

const NO_SHELL = "no shell reads the command. Give the program and its arguments apart: ['program', 'argument', …].";
