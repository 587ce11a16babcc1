import { type Metadata, MetadataValue } from 'pipes-external/protocol';
import type { ExecutionLog } from '../../execution-context.ts';
import type { PipesSession } from '../../session/pipes-session.ts';
import { childEnv } from './child-env.ts';
import type { Command } from './command.ts';
import { PipesSubprocessCompletedInvocation } from './completed-invocation.ts';
import { cancelled, processFailed } from './failure.ts';
import { followOutput, wantsStdout } from './follow-output.ts';
import { type PipesSubprocessRunOptions, resolveCwd, type ResolvedClientOptions } from './options.ts';
import { terminateGroup } from './process-group.ts';
import { type ProcessExit, type StartedProcess, startProcess } from './start-process.ts';

/** One command to be run. */
export interface Job {
  readonly command: Command;
  readonly options: PipesSubprocessRunOptions;
  readonly client: ResolvedClientOptions;
  readonly log: ExecutionLog;
  /** Everything that may end it early. */
  readonly signal: AbortSignal;
}

/**
 * Sees a process through, from its launch to the verdict on it and on its session.
 *
 * @param beforeClosing called when the process is gone and its output was read
 * @throws PipesError PIPES_LAUNCH_FAILED or PIPES_CANCELLED, with the session still open; PIPES_PROCESS_FAILED or
 * PIPES_SESSION_FAILED
 */
export async function supervise(
  job: Job,
  session: PipesSession,
  beforeClosing: () => Promise<void>,
): Promise<PipesSubprocessCompletedInvocation> {
  const { command, client, log, signal } = job;
  const plan = { options: client, channel: session.messageChannel, output: job.options.context.output };
  const process = await startProcess(command, {
    cwd: resolveCwd(job.options.cwd ?? client.cwd),
    env: environmentOf(job, session),
    readsStdout: wantsStdout(plan),
    endsWithParent: client.forwardTermination,
  });
  const output = followOutput(process, plan);
  log.info(`Launched ${command.text} as process ${process.pid}.`);
  session.reportLaunched({ extras: { pid: process.pid } });

  const isGone = await untilGone(process, job);
  if (signal.aborted) {
    await Promise.allSettled(isGone ? [output.finished] : []);
    throw cancelled(command, signal.reason, isGone ? 'It was terminated, with all it started.' : stillThere(process));
  }
  const exit = await process.exited;
  await output.finished;
  await beforeClosing();
  const failure = await session.close().then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (exit.exitCode !== 0) throw processFailed(command, exit, { session, stderr: output.lastOfStderr.text });
  if (failure !== undefined) throw failure.error;
  const { stdout, stderr } = output.captured;
  return new PipesSubprocessCompletedInvocation(session, metadataOf(process, exit), {
    stdout: stdout.text,
    stderr: stderr.text,
  });
}

function environmentOf({ client, options }: Job, session: PipesSession): Record<string, string> {
  return childEnv(process.env, client.inheritEnv, [client.env ?? {}, options.env ?? {}, session.getBootstrapEnvVars()]);
}

/** Resolves when the process has ended; when cancelled, once its group was made to, with whether it was. */
async function untilGone(process: StartedProcess, { command, client, log, signal }: Job): Promise<boolean> {
  const cancellation = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([process.exited, cancellation]);
  if (!signal.aborted) return true;
  log.info(`Terminating ${command.text}, process ${process.pid}.`);
  return await terminateGroup(process, client.terminationGraceMs);
}

function stillThere({ pid }: StartedProcess): string {
  return `It was killed, and process group ${pid} is there still: it hangs in the system.`;
}

function metadataOf({ pid }: StartedProcess, { exitCode, durationMs }: ProcessExit): Metadata {
  return {
    'subprocess/pid': MetadataValue.int(pid),
    'subprocess/exit_code': MetadataValue.int(exitCode ?? 0),
    'subprocess/duration_ms': MetadataValue.int(durationMs),
  };
}
