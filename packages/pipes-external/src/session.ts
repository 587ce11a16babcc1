import { randomBytes } from 'node:crypto';
import type { ExternalErrorCode } from './errors.ts';
import type { PipesMessageWriterChannel } from './message-writers/message-writer.ts';
import {
  PipesError,
  type PipesException,
  type PipesMessage,
  type PipesMethod,
  type PipesMethods,
  toPipesException,
} from './protocol/index.ts';

/** The messages of one session: numbers them, and ends them with exactly one `closed`. */
export class Session {
  readonly #channel: PipesMessageWriterChannel;
  readonly #writer = randomBytes(4).toString('hex');
  readonly #lastSteps: (() => void)[] = [];
  #sent = 0;
  #closing: Promise<void> | undefined;
  #isEnded = false;

  constructor(channel: PipesMessageWriterChannel) {
    this.#channel = channel;
  }

  /** Whether `closed` was sent, or is about to be. */
  get isClosed(): boolean {
    return this.#isEnded;
  }

  get canCloseAtExit(): boolean {
    return this.#channel.deliversAtExit;
  }

  /** @throws PipesError PIPES_WRITE_FAILED. The message keeps its number then: the gap names the loss. */
  send<M extends PipesMethod>(method: M, params: PipesMethods[M]): void {
    this.#sent += 1;
    this.#write({ method, params, sequence: { writer: this.#writer, seq: this.#sent } } as PipesMessage);
  }

  /** Has something done right before `closed`, in the order of the calls. */
  beforeClosed(step: () => void): void {
    this.#lastSteps.push(step);
  }

  async flush(): Promise<void> {
    await this.#channel.flush();
  }

  /** Sends `closed` before it returns; resolves once the channel is closed too. The first call decides. */
  close(exception?: PipesException): Promise<void> {
    this.#closing ??= this.#close(exception);
    return this.#closing;
  }

  async #close(exception: PipesException | undefined): Promise<void> {
    try {
      this.#sayClosed(exception);
    } finally {
      await this.#channel.close();
    }
  }

  /** The process ends within this turn. Also while a {@link close} is under way. */
  closeNow(exception?: PipesException): void {
    try {
      this.#sayClosed(exception);
    } finally {
      this.#channel.closeNow();
    }
  }

  #sayClosed(exception: PipesException | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const failures: unknown[] = [];
    for (const step of [...this.#lastSteps, () => this.#writeClosed(exception)]) {
      try {
        step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  #writeClosed(exception: PipesException | undefined): void {
    this.#sent += 1;
    this.#write({
      method: 'closed',
      params: exception === undefined ? {} : { exception },
      sequence: { writer: this.#writer, seq: this.#sent, total: this.#sent },
    });
  }

  #write(message: PipesMessage): void {
    try {
      this.#channel.writeMessage(message);
    } catch (error) {
      throw PipesError.is(error) ? error : writeFailed(message.method, error);
    }
  }
}

function writeFailed(method: PipesMethod, cause: unknown): PipesError<ExternalErrorCode> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PipesError('PIPES_WRITE_FAILED', `Cannot write the message "${method}": ${reason}.`, { cause });
}

/** What `closed` says about an error; nothing about undefined and null, which stand for success. */
export function toOutcome(error: unknown): PipesException | undefined {
  return error === undefined || error === null ? undefined : toPipesException(error);
}
