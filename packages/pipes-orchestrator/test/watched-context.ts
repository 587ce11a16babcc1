import type { PipesStream } from 'pipes-external/protocol';
import type { PipesExecutionContext } from '../src/index.ts';
import { Watch } from './watch.ts';

/** The context of a step that keeps what is logged and printed, and lets a test wait for it while a process runs. */
export class WatchedContext implements PipesExecutionContext {
  readonly runId = 'run-1';
  readonly assetKeys: readonly string[];
  readonly signal: AbortSignal | undefined;
  readonly logged: string[] = [];
  readonly printed: Record<PipesStream, string> = { stdout: '', stderr: '' };
  readonly #watch = new Watch();

  constructor(options: { readonly assetKeys?: readonly string[]; readonly signal?: AbortSignal } = {}) {
    this.assetKeys = options.assetKeys ?? ['a'];
    this.signal = options.signal;
  }

  readonly log = {
    debug: (message: string): void => this.#note('debug', message),
    info: (message: string): void => this.#note('info', message),
    warning: (message: string): void => this.#note('warning', message),
    error: (message: string): void => this.#note('error', message),
    critical: (message: string): void => this.#note('critical', message),
  };

  readonly output = (stream: PipesStream, text: string): void | Promise<void> => {
    this.printed[stream] += text;
    this.#watch.look();
  };

  /** Resolves when it is so, looked at after whatever is logged or printed. Rejects after 20 s with that. */
  async until(isMet: () => boolean): Promise<void> {
    await this.#watch.until(
      isMet,
      () => `Logged: ${JSON.stringify(this.logged)}. Printed: ${JSON.stringify(this.printed)}`,
    );
  }

  #note(level: string, message: string): void {
    this.logged.push(`${level} ${message}`);
    this.#watch.look();
  }
}
