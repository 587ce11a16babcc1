import { StringDecoder } from 'node:string_decoder';
import type { PipesStream } from 'pipes-external/protocol';
import type { PipesExecutionContext } from '../../execution-context.ts';
import type { MessageChannel, OutputMessageChannel } from '../../message-readers/message-reader.ts';
import { writeToOwnStream } from '../../own-output.ts';
import { reasonOf } from '../../reason.ts';
import type { PipesSession } from '../../session/pipes-session.ts';
import type { ResolvedClientOptions } from './options.ts';
import { OutputTail } from './output-tail.ts';
import { outputOf } from './process-output.ts';
import type { StartedProcess } from './start-process.ts';

/** Enough for the lines of an error. */
const STDERR_BYTES = 16 * 1024;

/** What is done with the output of one process. */
export interface FollowedOutput {
  /** Empty unless the client captures. */
  readonly captured: Readonly<Record<PipesStream, OutputTail>>;
  readonly lastOfStderr: OutputTail;
  /** Settles when all of it was handled. Rejects with what a channel that is fed with it threw. */
  readonly finished: Promise<void>;
  /** Reads no further, whoever holds the pipes open. */
  stop(): void;
}

export interface OutputPlan {
  readonly options: ResolvedClientOptions;
  readonly session: PipesSession;
  readonly output: PipesExecutionContext['output'];
}

/** Whether anybody wants stdout: a pipe that nobody reads stops the process once it is full. */
export function wantsStdout({ options, session }: OutputPlan): boolean {
  return options.stdio !== 'ignore' || feedsOn(session.messageChannel, 'stdout');
}

/** Reads both streams of a process to their end. To be called as soon as it was started. */
export function followOutput(process: StartedProcess, plan: OutputPlan): FollowedOutput {
  const captureBytes = plan.options.stdio === 'capture' ? plan.options.captureBytes : 0;
  const captured = { stdout: new OutputTail(captureBytes), stderr: new OutputTail(captureBytes) };
  const lastOfStderr = new OutputTail(STDERR_BYTES);
  const channel = plan.session.messageChannel;
  const follow = async (stream: PipesStream): Promise<void> => {
    const readable = process[stream];
    if (readable === null) return;
    const take = taker(stream, plan, stream === 'stderr' ? [captured.stderr, lastOfStderr] : [captured.stdout]);
    const chunks = outputOf(readable, process.exited);
    if (feedsOn(channel, stream)) await channel.consume(chunks, take);
    else await takeAll(chunks, take);
  };
  const finished = Promise.all([follow('stdout'), follow('stderr')]).then(() => undefined);
  // Whoever waits for it hears of its failure; until then it is nobody's.
  finished.catch(() => {});
  const stop = (): void => {
    process.stdout?.destroy();
    process.stderr.destroy();
  };
  return { captured, lastOfStderr, finished, stop };
}

/** Not `instanceof`: a channel may wrap another, or be of another copy of the class. */
function feedsOn(channel: MessageChannel, stream: PipesStream): channel is OutputMessageChannel {
  return (
    'consume' in channel && typeof channel.consume === 'function' && 'stream' in channel && channel.stream === stream
  );
}

type Take = (text: string) => Promise<void>;

/** Takes what is no message. When the host cannot, that is a problem of the session: the process is not to stand still. */
function taker(stream: PipesStream, { options, session, output }: OutputPlan, tails: readonly OutputTail[]): Take {
  let write = options.stdio === 'forward' ? (output ?? writeToOwnStream) : undefined;
  return async (text) => {
    for (const tail of tails) tail.push(Buffer.from(text));
    try {
      await write?.(stream, text);
    } catch (cause) {
      write = undefined;
      const message = `The orchestrator could not take what the process wrote to ${stream}, and no more is given to it: ${reasonOf(cause)}.`;
      session.reportProblem({ message, cause, mayHaveLostMessages: true });
    }
  };
}

async function takeAll(chunks: AsyncIterable<Uint8Array>, take: Take): Promise<void> {
  const decoder = new StringDecoder('utf8');
  for await (const chunk of chunks) await take(decoder.write(Buffer.from(chunk)));
  const rest = decoder.end();
  if (rest !== '') await take(rest);
}
