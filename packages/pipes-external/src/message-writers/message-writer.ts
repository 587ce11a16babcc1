import type { JsonObject, PipesMessage, PipesParams } from '../protocol/index.ts';

/** Opens the channel over which an external process reports. One writer may open any number of channels, one a session. */
export abstract class PipesMessageWriter {
  /** @param params what the orchestrator's message reader handed over in `DAGSTER_PIPES_MESSAGES` */
  abstract open(params: PipesParams): PipesMessageWriterChannel | Promise<PipesMessageWriterChannel>;

  /** What the `opened` message tells the message reader, for instance where log files are. */
  getOpenedExtras(): JsonObject {
    return {};
  }
}

/**
 * One session's way out. Reports are synchronous, so that they survive a `process.exit()` on the next line wherever the
 * transport can do that.
 */
export abstract class PipesMessageWriterChannel {
  /**
   * Whether {@link closeNow} still delivers. A channel that needs the network for it says no, and is closed when the
   * event loop has run empty, which is before the exit code is known.
   */
  readonly deliversAtExit: boolean = true;

  /**
   * Accepts one message; `encodeMessage` gives its line. A local channel has handed it to the operating system when this
   * returns; a remote one has queued it.
   *
   * @throws PipesError PIPES_WRITE_FAILED
   */
  abstract writeMessage(message: PipesMessage): void;

  /** Resolves once everything accepted so far is where the orchestrator can read it. Rejects with what could not be sent. */
  async flush(): Promise<void> {
    // A channel that hands over each message at once has nothing to wait for.
  }

  /** Flushes and lets go of what is held. Called once, after the last message. */
  async close(): Promise<void> {
    await this.flush();
  }

  /**
   * The process ends now and nothing asynchronous can run any more: deliver, or save, what was accepted. Called instead
   * of {@link close}, or while that is under way.
   */
  closeNow(): void {
    // A channel that hands over each message at once has nothing left.
  }
}
