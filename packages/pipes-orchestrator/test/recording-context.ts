import type { ExecutionLog, PipesExecutionContext } from 'pipes-orchestrator';
import type { PipesStream } from 'pipes-external/protocol';
import { Watch } from './watch.ts';

type Given = Pick<PipesExecutionContext, 'assetKeys' | 'signal'>;

/** A step's context by hand, which keeps what is logged and printed, and lets a test wait for it. */
export class RecordingContext implements PipesExecutionContext {
  readonly runId = 'run-1';
  readonly assetKeys: PipesExecutionContext['assetKeys'];
  readonly signal: AbortSignal | undefined;
  /** `info the message` */
  readonly logged: string[] = [];
  readonly printed = { stdout: '', stderr: '' };
  readonly #watch = new Watch();

  constructor({ assetKeys, signal }: Given = {}) {
    this.assetKeys = assetKeys;
    this.signal = signal;
  }

  readonly log: ExecutionLog = {
    debug: (message) => this.#record(`debug ${message}`),
    info: (message) => this.#record(`info ${message}`),
    warning: (message) => this.#record(`warning ${message}`),
    error: (message) => this.#record(`error ${message}`),
    critical: (message) => this.#record(`critical ${message}`),
  };

  readonly output = (stream: PipesStream, text: string): void => {
    this.printed[stream] += text;
    this.#watch.look();
  };

  /** Resolves when it is so, looked at after whatever is recorded. Rejects after 20 s with what was recorded by then. */
  async until(isMet: () => boolean): Promise<void> {
    await this.#watch.until(isMet, () => `Logged: ${JSON.stringify(this.logged.slice(-20))}`);
  }

  #record(entry: string): void {
    this.logged.push(entry);
    this.#watch.look();
  }
}
