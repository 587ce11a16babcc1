import { PipesError, type PipesContextData } from 'pipes-external/protocol';
import type { InjectedContext } from '../context-injectors/context-injector.ts';
import type { OrchestratorErrorCode } from '../errors.ts';
import type { ExecutionLog } from '../execution-context.ts';
import type { MessageChannel } from '../message-readers/message-reader.ts';
import { writeToOwnStream } from '../own-output.ts';
import { reasonOf } from '../reason.ts';
import { toContextData, toExtras } from './context-data.ts';
import { sessionCancelled } from './diagnosis.ts';
import { Inbox } from './inbox.ts';
import { LivePipesSession, type SessionParts } from './live-session.ts';
import type { PipesSession } from './pipes-session.ts';
import { decodeCursor, initialSnapshot, type SessionSnapshot } from './session-cursor.ts';
import { type OpenPipesSessionOptions, type ResolvedSessionOptions, resolveSessionOptions } from './session-options.ts';
import { stderrLog } from './stderr-log.ts';

/**
 * Opens both ends of the pipe for one external process: context on its way in, messages on their way out. Launch the
 * process with the bootstrap of the session, take its results, and close the session when the process is gone.
 *
 * ```ts
 * await using session = await openPipesSession({ context: { runId: 'my-run' } });
 * await execa('python', ['script.py'], { env: session.getBootstrapEnvVars() });
 * ```
 *
 * @throws PipesError PIPES_OPTION_INVALID naming the option, before anything is opened; PIPES_INJECTION_FAILED,
 * PIPES_READER_FAILED for an end that could not be opened; PIPES_CANCELLED when its signal was aborted already
 */
export async function openPipesSession(options: OpenPipesSessionOptions): Promise<PipesSession> {
  const resolved = resolveSessionOptions(options);
  const { context, resumeAt } = resolved;
  const signal = AbortSignal.any([...resolved.signals]);
  if (signal.aborted) throw sessionCancelled(context.runId, signal.reason);
  const log = context.log ?? stderrLog;
  const contextData = toContextData(
    context,
    toExtras(resolved.extras, (problem) => log.warning(problem)),
  );
  const start = resumeAt === undefined ? initialSnapshot(contextData.asset_keys ?? []) : decodeCursor(resumeAt);
  const injected = await inject(resolved, contextData);
  try {
    const base = { options: resolved, contextData, log, signal, injected };
    return await openReader(base, start);
  } catch (error) {
    await abandon(injected, log);
    throw error;
  }
}

/**
 * Opens a session, runs the body with it, and closes it. Rejects with what the body threw, else with what `close()` did.
 *
 * @throws as {@link openPipesSession}, the body, and `PipesSession.close`
 */
export async function withPipesSession<T>(
  options: OpenPipesSessionOptions,
  body: (session: PipesSession) => T | Promise<T>,
): Promise<T> {
  const session = await openPipesSession(options);
  let result: T;
  try {
    result = await body(session);
  } catch (error) {
    // What is wrong with the session was logged; that the body failed is what its caller must hear of.
    await session.close().catch(() => undefined);
    throw error;
  }
  await session.close();
  return result;
}

async function inject(options: ResolvedSessionOptions, contextData: PipesContextData): Promise<InjectedContext> {
  try {
    return await options.contextInjector.injectContext(contextData);
  } catch (error) {
    throw asPipesError(error, 'PIPES_INJECTION_FAILED', 'The context could not be injected');
  }
}

async function openReader(
  base: Omit<SessionParts, 'channel' | 'inbox'>,
  start: SessionSnapshot,
): Promise<LivePipesSession> {
  const { context, messageReader, strictness } = base.options;
  let channel: MessageChannel | undefined;
  const host = {
    assetKeys: new Set(base.contextData.asset_keys),
    log: base.log,
    output: context.output ?? writeToOwnStream,
    strictness,
    onOpened: () => announceOpened(),
  };
  const inbox = new Inbox(host, start);
  // A reader may deliver before it has handed over its channel: then, and for what a resumed session knows, it is told
  // as soon as the channel is there.
  const announceOpened = (): void => {
    const { openedExtras } = inbox.state;
    if (channel !== undefined && openedExtras !== null) messageReader.onOpened(openedExtras, channel);
  };
  try {
    channel = await messageReader.readMessages(inbox, { resumeAt: start.readerCursor ?? undefined });
  } catch (error) {
    throw asPipesError(error, 'PIPES_READER_FAILED', 'The message reader could not be opened');
  }
  try {
    inbox.begin(channel.start);
    announceOpened();
    const session = new LivePipesSession({ ...base, channel, inbox });
    context.onSessionOpened?.(session);
    return session;
  } catch (error) {
    inbox.stop();
    await abandon(channel, base.log);
    throw error;
  }
}

async function abandon(resource: AsyncDisposable, log: ExecutionLog): Promise<void> {
  try {
    await resource[Symbol.asyncDispose]();
  } catch (error) {
    log.warning(`Cleaning up after a Pipes session that could not be opened failed: ${reasonOf(error)}`);
  }
}

/** Our own injectors and readers explain themselves; what a plug-in throws gets a code. */
function asPipesError(error: unknown, code: OrchestratorErrorCode, what: string): PipesError {
  if (PipesError.is(error)) return error;
  return new PipesError(code, `${what}: ${reasonOf(error)}`, { cause: error });
}
