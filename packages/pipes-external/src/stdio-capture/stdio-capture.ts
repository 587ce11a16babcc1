import { StringDecoder } from 'node:string_decoder';
import { patchWrite } from '../patched-write.ts';
import { type JsonObject, PIPES_STREAMS } from '../protocol/index.ts';
import type { Session } from '../session.ts';
import type { OnOverflow } from './output-files.ts';
import { type RedirectedStdio, redirectStdio } from './redirected-stdio.ts';
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

type Send = Session['send'];

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
 * native code; where that cannot be (on Windows, in a worker thread), what goes through `process.stdout` and
 * `process.stderr`, and says so. Where the disk is full, what this process prints is reported still, and a warning says
 * that what its children print may be lost.
 *
 * Output that cannot be delivered is no reason to fail in the middle of a `console.log`: the first failure ends the
 * capture, and is thrown by the next `pump` or `stop`.
 */
export async function captureInto(session: Session): Promise<StdioCapture> {
  let failure: { readonly error: unknown } | undefined;
  let isSending = false;
  const capture = await startCapture((method, params) => {
    // What a channel prints while it sends cannot be reported: that would have no end.
    if (failure !== undefined || isSending) return;
    isSending = true;
    try {
      session.send(method, params);
    } catch (error) {
      failure = { error };
    } finally {
      isSending = false;
    }
  });
  const after = (step: () => void): void => {
    step();
    if (failure !== undefined) throw failure.error;
  };
  return { pump: () => after(capture.pump), stop: () => after(capture.stop), drain: capture.drain };
}

async function startCapture(send: Send): Promise<StdioCapture> {
  try {
    return followFiles(await redirectStdio(), send);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    send('log', {
      level: 'DEBUG',
      message: `The output of child processes and native code is not reported: ${reason}.`,
    });
    return tapStreams(send);
  }
}

function followFiles({ files, drain, astray }: RedirectedStdio, send: Send): StdioCapture {
  const tails = PIPES_STREAMS.map(
    (stream) => new TextTail(files[stream], (text) => send('log_external_stream', { stream, text, extras: {} })),
  );
  for (const stream of astray) {
    const message = `What child processes and native code print to ${stream} is lost: another thread took its descriptor.`;
    send('log', { level: 'WARNING', message });
  }
  const stopWarning = warnOfOverflow(files, send);
  return {
    pump: () => tails.forEach((tail) => tail.pump()),
    stop: () => {
      stopWarning();
      tails.forEach((tail) => tail.stop());
    },
    drain,
  };
}

/** Once. */
function warnOfOverflow(files: RedirectedStdio['files'], send: Send): () => void {
  const stop = (): void => PIPES_STREAMS.forEach((stream) => files[stream].onOverflow.delete(warn));
  const warn: OnOverflow = (_bytes, { message: reason }) => {
    stop();
    const message = `Output no longer goes through a file (${reason}): what child processes and native code print may be lost.`;
    send('log', { level: 'WARNING', message });
  };
  PIPES_STREAMS.forEach((stream) => files[stream].onOverflow.add(warn));
  return stop;
}

function tapStreams(send: Send): StdioCapture {
  const stops = PIPES_STREAMS.map((stream) => {
    const decoder = new StringDecoder('utf8');
    return patchWrite(process[stream], ({ chunk, encoding, passOn }) => {
      const text = decoder.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk));
      if (text !== '') send('log_external_stream', { stream, text, extras: {} });
      return passOn();
    });
  });
  return { pump: () => {}, stop: () => stops.forEach((stop) => stop()), drain: () => {} };
}
