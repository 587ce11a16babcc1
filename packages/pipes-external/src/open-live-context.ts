import type { PipesContextLoader } from './context-loaders/context-loader.ts';
import type { ExternalErrorCode } from './errors.ts';
import { LiveContext, type LiveContextParts } from './live-context.ts';
import type { PipesMessageWriter } from './message-writers/message-writer.ts';
import type { PipesParamsLoader } from './params-loaders/params-loader.ts';
import { type PipesContextData, PipesError, type PipesParams } from './protocol/index.ts';
import { Session, toOutcome } from './session.ts';
import { captureInto, wantsStdio } from './stdio-capture/stdio-capture.ts';

export interface SessionLoaders {
  readonly paramsLoader: PipesParamsLoader;
  readonly contextLoader: PipesContextLoader;
  readonly messageWriter: PipesMessageWriter;
}

/** Opens a session in the order of the protocol: params, context, channel, `opened`, and then what else there is. */
export async function openLiveContext(
  { paramsLoader, contextLoader, messageWriter }: SessionLoaders,
  surround: LiveContextParts['surround'],
): Promise<LiveContext> {
  const contextParams = paramsLoader.loadContextParams();
  const messagesParams = paramsLoader.loadMessagesParams();
  const data = await loadContext(contextLoader, contextParams);
  const session = new Session(await messageWriter.open(messagesParams));
  try {
    session.send('opened', { extras: messageWriter.getOpenedExtras() });
    const capture = wantsStdio(messagesParams) ? await captureInto(session) : undefined;
    return new LiveContext({ data, session, capture, surround });
  } catch (error) {
    // The channel is open. That it cannot be closed either adds nothing to why it failed.
    await session.close(toOutcome(error)).catch(() => undefined);
    throw error;
  }
}

async function loadContext(loader: PipesContextLoader, params: PipesParams): Promise<PipesContextData> {
  try {
    return await loader.loadContext(params);
  } catch (error) {
    if (PipesError.is(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PipesError<ExternalErrorCode>('PIPES_CONTEXT_UNREADABLE', `Cannot load the Pipes context: ${reason}.`, {
      cause: error,
    });
  }
}
