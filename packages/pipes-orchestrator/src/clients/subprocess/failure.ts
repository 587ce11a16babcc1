import { PipesError } from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from '../../errors.ts';
import { reasonOf } from '../../reason.ts';
import { toError } from '../../session/external-error.ts';
import type { PipesSession } from '../../session/pipes-session.ts';
import type { Command } from './command.ts';
import type { ProcessExit } from './start-process.ts';

const STDERR_LINES = 20;

/**
 * A process that ended otherwise than by `exit(0)`, with all that is known of why: the error that it reported, as cause,
 * and the last lines of its stderr.
 */
export function processFailed(
  command: Command,
  exit: ProcessExit,
  { session, stderr }: { readonly session: PipesSession; readonly stderr: string },
): PipesError<OrchestratorErrorCode> {
  const how = exit.signal === null ? `exited with code ${exit.exitCode}` : `was ended by ${exit.signal}`;
  const cause = session.exception && toError(session.exception);
  const problems = session.problems.filter(({ fails, kind }) => fails && kind !== 'exception');
  const lines = lastLines(stderr);
  const message = [
    `${command.text} ${how} after ${(exit.durationMs / 1_000).toFixed(1)} s.`,
    ...(cause === undefined ? [] : [`It reported ${cause.name}: ${cause.message}`]),
    ...(problems.length === 0
      ? []
      : ['Its Pipes session:', ...problems.map((problem) => `- ${headline(problem.message)}`)]),
    ...describeStderr(lines),
  ].join('\n');
  return new PipesError('PIPES_PROCESS_FAILED', message, cause === undefined ? {} : { cause });
}

/** @param outcome what became of it, as a sentence */
export function cancelled(command: Command, reason: unknown, outcome: string): PipesError<OrchestratorErrorCode> {
  return new PipesError('PIPES_CANCELLED', `${command.text} was cancelled: ${reasonOf(reason)}. ${outcome}`, {
    cause: reason,
  });
}

function describeStderr(lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return ['It wrote nothing to stderr.'];
  return ['Last lines of its stderr:', ...lines.map((line) => `  ${line}`)];
}

function lastLines(stderr: string): readonly string[] {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.slice(-STDERR_LINES);
}

/** A diagnosis is a page; its first line says what happened. */
function headline(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
