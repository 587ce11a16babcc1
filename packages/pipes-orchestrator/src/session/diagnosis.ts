import { PipesError } from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from '../errors.ts';
import { reasonOf } from '../reason.ts';
import { describeError } from './external-error.ts';
import type { ProblemLog } from './problem-log.ts';

/** Both ends of a session, as they explain themselves. */
export interface SessionEnds {
  readonly contextInjector: { noMessagesDebugText(): string };
  readonly messageReader: { noMessagesDebugText(): string };
}

/** What to say when nobody opened: what was tried at either end, and what to look at. */
export function diagnoseNotOpened({ contextInjector, messageReader }: SessionEnds, anyMessages: boolean): string {
  const what = anyMessages
    ? 'The external process sent messages, and never "opened".'
    : 'The external process never opened its Pipes session: no message came from it.';
  return `${what}
  Context: ${contextInjector.noMessagesDebugText()}
  Messages: ${messageReader.noMessagesDebugText()}
  Look at:
  - Was the process launched with the bootstrap? session.getBootstrapEnvVars() belongs in its environment (DAGSTER_PIPES_CONTEXT and DAGSTER_PIPES_MESSAGES), or session.getBootstrapCliArguments() among its arguments.
  - Does it call openDagsterPipes() or runDagsterPipes() (in Python, open_dagster_pipes()) before anything that can fail? What did it print on stderr?
  - Does it read the bootstrap from where you put it, and do its context loader and message writer match this injector and this reader?
  - A wrapper that starts it (a shell, sudo, a container) must pass the environment on.`;
}

/** @param runId for people with many runs */
export function sessionFailed(runId: string, problems: ProblemLog): PipesError<OrchestratorErrorCode> {
  const { failing, failingUnkept } = problems;
  const listed = failing.map(({ message, cause, kind }) =>
    kind === 'exception' && cause instanceof Error
      ? `- The external process failed:\n${indent(describeError(cause))}`
      : `- ${message}`,
  );
  const rest = failingUnkept === 0 ? [] : [`- and ${failingUnkept} more like these`];
  const cause = failing.find((problem) => problem.cause !== undefined)?.cause;
  return new PipesError(
    'PIPES_SESSION_FAILED',
    `The Pipes session of run ${runId} did not end well:\n${[...listed, ...rest].join('\n')}`,
    cause === undefined ? {} : { cause },
  );
}

/** What ended a session before its external process did. */
export function sessionCancelled(runId: string, reason: unknown): PipesError<OrchestratorErrorCode> {
  return new PipesError('PIPES_CANCELLED', `The Pipes session of run ${runId} was cancelled: ${reasonOf(reason)}`, {
    cause: reason,
  });
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
