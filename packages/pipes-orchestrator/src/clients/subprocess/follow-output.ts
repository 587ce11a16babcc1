import { once } from 'node:events';
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

const MIN_TAIL_BYTES = 16 * 1024;

/** What is done with the output of one process. */
export interface FollowedOutput {
  /** The last of it: all of stderr's, stdout's where it is captured. */
  readonly tails: Readonly<Record<PipesStream, OutputTail>>;
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
  const tailBytes = plan.options.stdio === 'capture' ? plan.options.captureBytes : 0;
  const tails = { stdout: new OutputTail(tailBytes), stderr: new OutputTail(Math.max(tailBytes, MIN_TAIL_BYTES)) };
  const follow = async (stream: PipesStream): Promise<void> => {
    const readable = process[stream];
    if (readable === null) return;
    const chunks = keepTail(outputOf(readable, process.exited), tails[stream]);
    if (carriesMessages(plan.channel, stream)) await plan.channel.consume(chunks);
    else await forward(chunks, plan.options.stdio === 'forward' ? writerTo(stream, plan.output) : undefined);
  };
  const finished = Promise.all([follow('stdout'), follow('stderr')]).then(() => undefined);
  // Whoever waits for it hears of its failure; until then it is nobody's.
  finished.catch(() => {});
  return { tails, finished };
}

function carriesMessages(channel: MessageChannel, stream: PipesStream): channel is StdioMessageChannel {
  return channel instanceof StdioMessageChannel && channel.stream === stream;
}

async function* keepTail(chunks: AsyncIterable<Uint8Array>, tail: OutputTail): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    tail.push(chunk);
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
  return async (text) => {
    if (!own.write(text)) await once(own, 'drain');
  };
}
