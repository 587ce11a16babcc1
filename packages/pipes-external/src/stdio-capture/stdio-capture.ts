import { StringDecoder } from 'node:string_decoder';
import { patchWrite } from '../patched-write.ts';
import { type JsonObject, PIPES_STREAMS, type PipesStream } from '../protocol/index.ts';
import type { Session } from '../session.ts';
import { redirectStdio } from './redirected-stdio.ts';
import { TextTail } from './text-tail.ts';

/** The output of this process on its way into the messages. */
export interface StdioCapture {
  /** Reports what was printed up to now. */
  readonly pump: () => void;
  /** Reports the rest, and nothing that is printed later. */
  readonly stop: () => void;
  /** Waits, not for long, until what was printed has appeared where it went without us. */
  readonly drain: () => void;
}

type OnText = (stream: PipesStream, text: string) => void;

/** Whether the orchestrator asks for it. Messages that travel over stdout or stderr themselves cannot carry them. */
export function wantsStdio(messagesParams: JsonObject): boolean {
  return (
    messagesParams['include_stdio_in_messages'] === true &&
    !('stdio' in messagesParams) &&
    !('buffered_stdio' in messagesParams)
  );
}

/**
 * Reports what this process prints, each piece once, while it still appears where it did. Includes child processes and
 * native code; where the platform cannot do that (Windows), what goes through `process.stdout` and `process.stderr`.
 *
 * Output that cannot be delivered is no reason to fail in the middle of a `console.log`: the first failure ends the
 * capture, and is thrown by the next `pump` or `stop`.
 */
export async function captureInto(session: Session): Promise<StdioCapture> {
  let failure: { readonly error: unknown } | undefined;
  const capture = await startCapture((stream, text) => {
    if (failure !== undefined) return;
    try {
      session.send('log_external_stream', { stream, text, extras: {} });
    } catch (error) {
      failure = { error };
    }
  });
  const after = (step: () => void): void => {
    step();
    if (failure !== undefined) throw failure.error;
  };
  return { pump: () => after(capture.pump), stop: () => after(capture.stop), drain: capture.drain };
}

async function startCapture(onText: OnText): Promise<StdioCapture> {
  const echo = await redirectStdio().catch(() => undefined);
  if (echo === undefined) return tapStreams(onText);
  const tails = PIPES_STREAMS.map((name) => new TextTail(echo.files[name], (text) => onText(name, text)));
  return {
    pump: () => tails.forEach((tail) => tail.pump()),
    stop: () => tails.forEach((tail) => tail.stop()),
    drain: echo.drain,
  };
}

function tapStreams(onText: OnText): StdioCapture {
  const stops = PIPES_STREAMS.map((name) => {
    const decoder = new StringDecoder('utf8');
    return patchWrite(process[name], ({ chunk, encoding, passOn }) => {
      const text = decoder.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk));
      if (text !== '') onText(name, text);
      return passOn();
    });
  });
  return { pump: () => {}, stop: () => stops.forEach((stop) => stop()), drain: () => {} };
}
