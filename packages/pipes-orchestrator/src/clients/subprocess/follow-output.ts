import type { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { PipesStream } from 'pipes-external/protocol';
import type { PipesExecutionContext } from '../../execution-context.ts';
import type { MessageChannel } from '../../message-readers/message-reader.ts';
import { StdioMessageChannel } from '../../message-readers/stdio.ts';
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
  /** Rejects with what the context's `output` threw. */
  readonly finished: Promise<void>;
}

export interface OutputPlan {
  readonly options: ResolvedClientOptions;
  readonly channel: MessageChannel;
  readonly output: PipesExecutionContext['output'];
}

/** Whether anybody wants stdout: a pipe that nobody reads stops the process once it is full. */
export function wantsStdout({ options, channel }: OutputPlan): boolean {
  return options.stdio !== 'ignore' || carriesMessages(channel, 'stdout');
}

/** Reads both streams of a process to their end. To be called as soon as it was started. */
export function followOutput(process: StartedProcess, plan: OutputPlan): FollowedOutput {
  const captureBytes = plan.options.stdio === 'capture' ? plan.options.captureBytes : 0;
  const captured = { stdout: new OutputTail(captureBytes), stderr: new OutputTail(captureBytes) };
  const lastOfStderr = new OutputTail(STDERR_BYTES);
  const follow = async (stream: PipesStream): Promise<void> => {
    const readable = process[stream];
    if (readable === null) return;
    const tails = stream === 'stderr' ? [captured.stderr, lastOfStderr] : [captured.stdout];
    const chunks = keepTails(outputOf(readable, process.exited), tails);
    if (carriesMessages(plan.channel, stream)) await plan.channel.consume(chunks);
    else await forward(chunks, plan.options.stdio === 'forward' ? writerTo(stream, plan.output) : undefined);
  };
  const finished = Promise.all([follow('stdout'), follow('stderr')]).then(() => undefined);
  // Whoever waits for it hears of its failure; until then it is nobody's.
  finished.catch(() => {});
  return { captured, lastOfStderr, finished };
}

function carriesMessages(channel: MessageChannel, stream: PipesStream): channel is StdioMessageChannel {
  return channel instanceof StdioMessageChannel && channel.stream === stream;
}

async function* keepTails(chunks: AsyncIterable<Uint8Array>, tails: readonly OutputTail[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (const tail of tails) tail.push(chunk);
    yield chunk;
  }
}

type Write = (text: string) => void | Promise<void>;

/** Goes on reading when writing fails: the process is not to stand still for it. */
async function forward(chunks: AsyncIterable<Uint8Array>, write: Write | undefined): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let failure: { readonly error: unknown } | undefined;
  for await (const chunk of chunks) {
    try {
      if (failure === undefined) await write?.(decoder.write(Buffer.from(chunk)));
    } catch (error) {
      failure = { error };
    }
  }
  if (failure !== undefined) throw failure.error;
  const rest = decoder.end();
  if (rest !== '') await write?.(rest);
}

function writerTo(stream: PipesStream, output: PipesExecutionContext['output']): Write {
  if (output !== undefined) return (text) => output(stream, text);
  const own: Writable = process[stream];
  // Waiting for each piece keeps what a slow terminal has not taken yet out of memory.
  return async (text) => await new Promise<void>((resolve) => void own.write(text, () => resolve()));
}
