import type { ExecutionLog, PipesExecutionContext } from 'pipes-orchestrator';
import type { PipesStream } from 'pipes-external/protocol';

type Given = Pick<PipesExecutionContext, 'assetKeys' | 'signal'>;

/** A step's context by hand, which keeps what is logged and printed, and lets a test wait for it. */
export class RecordingContext implements PipesExecutionContext {
  readonly runId = 'run-1';
  readonly assetKeys: PipesExecutionContext['assetKeys'];
  readonly signal: AbortSignal | undefined;
  /** `info the message` */
  readonly logged: string[] = [];
  readonly printed = { stdout: '', stderr: '' };
  #waiting: { readonly isMet: () => boolean; readonly resolve: () => void }[] = [];

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
    this.#settle();
  };

  /** Resolves when it is so, looked at after whatever is recorded. */
  async until(isMet: () => boolean): Promise<void> {
    if (isMet()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ isMet, resolve }));
  }

  #record(entry: string): void {
    this.logged.push(entry);
    this.#settle();
  }

  #settle(): void {
    const met = this.#waiting.filter(({ isMet }) => isMet());
    this.#waiting = this.#waiting.filter((waiting) => !met.includes(waiting));
    for (const { resolve } of met) resolve();
  }
}
