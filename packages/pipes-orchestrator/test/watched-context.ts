import type { PipesStream } from 'pipes-external/protocol';
import type { PipesExecutionContext } from '../src/index.ts';

/** The context of a step that keeps what is logged and printed, and lets a test wait for it while a process runs. */
export class WatchedContext implements PipesExecutionContext {
  readonly runId = 'run-1';
  readonly assetKeys: readonly string[];
  readonly signal: AbortSignal | undefined;
  readonly logged: string[] = [];
  readonly printed: Record<PipesStream, string> = { stdout: '', stderr: '' };
  #onChange: (() => void) | undefined;

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

  readonly output = (stream: PipesStream, text: string): void => {
    this.printed[stream] += text;
    this.#onChange?.();
  };

  /** Resolves when it is so, looked at after whatever is logged or printed. */
  async until(isMet: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onChange = () => {
        if (isMet()) resolve();
      };
      this.#onChange();
    });
  }

  #note(level: string, message: string): void {
    this.logged.push(`${level} ${message}`);
    this.#onChange?.();
  }
}
