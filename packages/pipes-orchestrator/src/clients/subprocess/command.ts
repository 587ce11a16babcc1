import { basename } from 'node:path';
import { PipesError } from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from '../../errors.ts';

/** What is launched. No shell reads it: arguments arrive as they are. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** For logs and errors: shortened. */
  readonly text: string;
}

const MAX_TEXT_LENGTH = 200;

/**
 * `'program'` with arguments, or `['program', 'argument', …]` as in Python.
 *
 * @throws PipesError PIPES_OPTION_INVALID when there is no program
 */
export function parseCommand(command: string | readonly string[], args: readonly string[] = []): Command {
  const [program, ...rest] = typeof command === 'string' ? [command, ...args] : [...command, ...args];
  if (program === undefined || program.trim() === '') {
    throw new PipesError<OrchestratorErrorCode>(
      'PIPES_OPTION_INVALID',
      `Cannot launch ${JSON.stringify(command)}: the command names no program. Give ['program', 'argument', …].`,
    );
  }
  return { program, args: rest, text: shorten([program, ...rest].map(quote).join(' ')) };
}

/** A string that looks like a whole shell command, where only a program was expected. */
export function looksLikeShell({ program, args }: Command): boolean {
  return args.length === 0 && /\s/.test(program.trim());
}

/** npm keeps termination signals to itself and leaves what it started running. */
export function isNpmRun({ program, args }: Command): boolean {
  const name = basename(program).replace(/\.(cmd|exe)$/i, '');
  return name === 'npx' || (name === 'npm' && NPM_RUNNERS.has(args.find((arg) => !arg.startsWith('-')) ?? ''));
}

const NPM_RUNNERS: ReadonlySet<string> = new Set(['run', 'run-script', 'start', 'test', 'exec', 'x']);

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}

function shorten(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH)}…`;
}
