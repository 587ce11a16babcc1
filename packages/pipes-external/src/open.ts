import { PipesDefaultContextLoader } from './context-loaders/default.ts';
import type { PipesContextLoader } from './context-loaders/context-loader.ts';
import { currentSlot, type SessionSlot } from './current-session.ts';
import type { ExternalErrorCode } from './errors.ts';
import { IdleContext } from './idle-context.ts';
import { PipesDefaultMessageWriter } from './message-writers/default.ts';
import type { PipesMessageWriter } from './message-writers/message-writer.ts';
import { openLiveContext } from './open-live-context.ts';
import { PipesEnvVarParamsLoader } from './params-loaders/env-var.ts';
import type { PipesParamsLoader } from './params-loaders/params-loader.ts';
import type { PipesContext } from './pipes-context.ts';
import { ProcessEnd } from './process-end.ts';
import { PipesError, stringifyWireJson } from './protocol/index.ts';

export interface OpenDagsterPipesOptions {
  /** @default the environment */
  readonly paramsLoader?: PipesParamsLoader | undefined;
  /** @default a file, or inline data */
  readonly contextLoader?: PipesContextLoader | undefined;
  /** @default a file, stdout or stderr, as the params say */
  readonly messageWriter?: PipesMessageWriter | undefined;
  /**
   * What to do when no orchestrator launched this process. `auto` prints on stderr what would be reported, `require`
   * throws. `off` touches nothing and reports nothing, even under an orchestrator.
   *
   * @default 'auto'
   */
  readonly mode?: 'auto' | 'require' | 'off' | undefined;
}

/**
 * Opens the Pipes session of this process. There is one at a time: opening again gives the same one, until it is closed.
 *
 * @throws PipesError PIPES_PARAMS_INVALID, PIPES_CONTEXT_INVALID, PIPES_CONTEXT_UNREADABLE, PIPES_WRITE_FAILED;
 * PIPES_NOT_LAUNCHED in mode `require`. Nothing stays open then. PIPES_SESSION_OPEN where the `paramsLoader` names
 * another session than the one that is open, which stays as it is.
 */
export async function openDagsterPipes(options: OpenDagsterPipesOptions = {}): Promise<PipesContext> {
  const { mode = 'auto' } = options;
  if (!['auto', 'require', 'off'].includes(mode)) {
    throw new PipesError<ExternalErrorCode>(
      'PIPES_OPTION_INVALID',
      `mode is ${JSON.stringify(mode)}, but must be "auto", "require" or "off".`,
    );
  }
  if (mode === 'off') return new IdleContext({ print: () => {}, onClosed: () => {}, obeysSignals: false });
  const context = await sharedContext(currentSlot(), options);
  if (mode === 'require' && !context.isDagsterPipesProcess) throw notLaunched();
  return context;
}

async function sharedContext(slot: SessionSlot, options: OpenDagsterPipesOptions): Promise<PipesContext> {
  if (slot.opening !== undefined || slot.context?.isClosed === false) {
    demandSameSession(slot, options);
    return await (slot.opening ?? (slot.context as PipesContext));
  }
  slot.opening = openNext(slot, options);
  try {
    return await slot.opening;
  } finally {
    slot.opening = undefined;
  }
}

/** Whoever names a session must not get another: two requests at once in one server, for instance. */
function demandSameSession(
  { paramsLoader: present }: SessionSlot,
  { paramsLoader: wanted }: OpenDagsterPipesOptions,
): void {
  if (present === undefined || wanted === undefined || toBootstrap(present) === toBootstrap(wanted)) return;
  throw new PipesError<ExternalErrorCode>(
    'PIPES_SESSION_OPEN',
    'Cannot open a Pipes session: another one is open, and there is one at a time in a process. Close that one first, or handle each request in a process of its own.',
  );
}

function toBootstrap(loader: PipesParamsLoader): string | undefined {
  if (!loader.isDagsterPipesProcess()) return undefined;
  return stringifyWireJson([loader.loadContextParams(), loader.loadMessagesParams()]);
}

async function openNext(slot: SessionSlot, options: OpenDagsterPipesOptions): Promise<PipesContext> {
  const { paramsLoader = new PipesEnvVarParamsLoader() } = options;
  slot.paramsLoader = paramsLoader;
  // Its `closed` may still be on its way, over the same channel.
  await slot.context?.close();
  slot.context = undefined;
  slot.context = await open(slot, { ...options, paramsLoader });
  return slot.context;
}

async function open(
  slot: SessionSlot,
  { paramsLoader, ...options }: OpenDagsterPipesOptions & { readonly paramsLoader: PipesParamsLoader },
): Promise<PipesContext> {
  const onClosed = (): void => {
    slot.context = undefined;
  };
  if (!paramsLoader.isDagsterPipesProcess()) {
    if (options.mode === 'require') throw notLaunched();
    return new IdleContext({ print: printOnStderr, onClosed, obeysSignals: true });
  }
  const loaders = {
    paramsLoader,
    contextLoader: options.contextLoader ?? new PipesDefaultContextLoader(),
    messageWriter: options.messageWriter ?? new PipesDefaultMessageWriter(),
  };
  return await openLiveContext(loaders, (context) => new ProcessEnd(context, onClosed));
}

function printOnStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}

function notLaunched(): PipesError<ExternalErrorCode> {
  return new PipesError(
    'PIPES_NOT_LAUNCHED',
    'No Pipes orchestrator launched this process: DAGSTER_PIPES_CONTEXT is not set. Start it through an orchestrator, such as PipesSubprocessClient, or open with mode "auto" to run by hand.',
  );
}
