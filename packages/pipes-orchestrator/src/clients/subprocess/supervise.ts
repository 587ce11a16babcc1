import { setTimeout as pause } from 'node:timers/promises';
import { type Metadata, MetadataValue } from 'pipes-external/protocol';
import type { ExecutionLog } from '../../execution-context.ts';
import { reasonOf } from '../../reason.ts';
import type { PipesSession } from '../../session/pipes-session.ts';
import { childEnv } from './child-env.ts';
import type { Command } from './command.ts';
import { PipesSubprocessCompletedInvocation } from './completed-invocation.ts';
import { cancelled, processFailed } from './failure.ts';
import { type FollowedOutput, followOutput, wantsStdout } from './follow-output.ts';
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

/** What is called on the way. */
export interface Milestones {
  /** The process is gone; its output may still be read. */
  onExit(): void;
  /** Its output was read too. The session is closed once this resolves. */
  beforeClosing(): Promise<void>;
}

/** How long the last output of a process that was ended may take to be handled, by a host that may hang. */
const LAST_OUTPUT_MS = 2_000;

/**
 * Sees a process through, from its launch to the verdict on it and on its session.
 *
 * @throws PipesError PIPES_LAUNCH_FAILED or PIPES_CANCELLED, with the session still open; PIPES_PROCESS_FAILED or
 * PIPES_SESSION_FAILED
 */
export async function supervise(
  job: Job,
  session: PipesSession,
  milestones: Milestones,
): Promise<PipesSubprocessCompletedInvocation> {
  const { command, client, signal } = job;
  if (signal.aborted) throw cancelled(command, signal.reason, 'It was not launched.');
  const plan = { options: client, session, output: job.options.context.output };
  const process = await startProcess(command, {
    cwd: resolveCwd(job.options.cwd ?? client.cwd),
    env: environmentOf(job, session),
    readsStdout: wantsStdout(plan),
    endsWithParent: client.forwardTermination,
  });
  const output = followOutput(process, plan);
  let exit: ProcessExit;
  try {
    tell(job, session, `Launched ${command.text} as process ${process.pid}.`);
    session.reportLaunched({ extras: { pid: process.pid } });
    exit = await Promise.race([untilEnded(process, output, milestones), abortion(signal)]);
  } catch (error) {
    // Whatever went wrong, the process must not outlive whoever was to see to it.
    tell(job, session, `Terminating ${command.text}, process ${process.pid}.`);
    const isGone = await terminateGroup(process, client.terminationGraceMs);
    await endOutput(output, isGone);
    if (!signal.aborted) throw error;
    throw cancelled(command, signal.reason, isGone ? 'It was terminated, with all it started.' : stillThere(process));
  }
  await milestones.beforeClosing();
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

/** A host whose log throws still has its process seen to. */
function tell({ log }: Job, session: PipesSession, message: string): void {
  try {
    log.info(message);
  } catch (cause) {
    const problem = `The log of the step's context failed: ${reasonOf(cause)}.`;
    session.reportProblem({ message: problem, cause, mayHaveLostMessages: true });
  }
}

/** Rejects at once when its output cannot be read: a process that nobody reads stands still. */
async function untilEnded(
  process: StartedProcess,
  output: FollowedOutput,
  milestones: Milestones,
): Promise<ProcessExit> {
  const exited = process.exited.then((exit) => {
    milestones.onExit();
    return exit;
  });
  const [exit] = await Promise.all([exited, output.finished]);
  return exit;
}

async function abortion(signal: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** Reads what a process that was ended had to say; of one that hangs in the system there is nothing to wait for. */
async function endOutput(output: FollowedOutput, isGone: boolean): Promise<void> {
  const limit = new AbortController();
  const handled = Promise.allSettled([output.finished]);
  if (isGone)
    await Promise.race([handled, pause(LAST_OUTPUT_MS, undefined, { signal: limit.signal }).catch(() => undefined)]);
  limit.abort();
  output.stop();
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
