import { PipesMessageWriter, PipesMessageWriterChannel } from '../message-writers/message-writer.ts';
import { encodeMessage, parseWireJson, type PipesMessage } from '../protocol/index.ts';

/** Keeps what is written, having sent it through the real encoder and a parser, so that the wire is proven too. */
export class MemoryMessageWriter extends PipesMessageWriter {
  readonly messages: PipesMessage[] = [];

  override open(): PipesMessageWriterChannel {
    return new MemoryChannel(this.messages);
  }
}

class MemoryChannel extends PipesMessageWriterChannel {
  readonly #messages: PipesMessage[];

  constructor(messages: PipesMessage[]) {
    super();
    this.#messages = messages;
  }

  override writeMessage(message: PipesMessage): void {
    this.#messages.push(decode(encodeMessage(message)));
  }
}

function decode(line: string): PipesMessage {
  const { method, params, writer, seq, total } = parseWireJson(line) as Readonly<Record<string, unknown>>;
  return {
    method,
    params,
    sequence: { writer, seq, ...(total !== undefined && { total }) },
  } as unknown as PipesMessage;
}
