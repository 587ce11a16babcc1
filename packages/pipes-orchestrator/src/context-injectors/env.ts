import {
  DAGSTER_PIPES_CONTEXT_ENV_VAR,
  encodeParam,
  type JsonObject,
  type PipesContextData,
  stringifyWireJson,
} from 'pipes-external/protocol';
import { judgeCount, wrongOption } from '../judge-option.ts';
import { type InjectedContext, PipesContextInjector } from './context-injector.ts';
import { injectionFailed } from './injection-failed.ts';
import { PipesTempFileContextInjector } from './temp-file.ts';

export interface PipesEnvContextInjectorOptions {
  /**
   * The most bytes that `DAGSTER_PIPES_CONTEXT=…` may have.
   *
   * @default 131,071: Linux starts no process with a longer variable or argument; on Windows 32,766
   */
  readonly maxBytes?: number | undefined;
  /**
   * What to do with a context that is larger. A temporary file reaches only processes on this machine.
   *
   * @default 'error'
   */
  readonly fallback?: 'temp-file' | 'error' | undefined;
}

/** Linux: 32 pages for each string, its final NUL included. Windows: 32,767 characters, its final NUL included. */
const PLATFORM_MAX_BYTES = process.platform === 'win32' ? 32_766 : 131_071;

/** Puts the context itself into the bootstrap: for containers, and wherever else no file is shared. */
export class PipesEnvContextInjector extends PipesContextInjector {
  readonly #maxBytes: number;
  readonly #fallback: PipesTempFileContextInjector | undefined;

  /** @throws PipesError PIPES_OPTION_INVALID */
  constructor({ maxBytes = PLATFORM_MAX_BYTES, fallback = 'error' }: PipesEnvContextInjectorOptions = {}) {
    super();
    judgeCount('PipesEnvContextInjector', 'maxBytes', maxBytes);
    if (fallback !== 'temp-file' && fallback !== 'error') {
      throw wrongOption('PipesEnvContextInjector', 'fallback', "'temp-file' or 'error'", fallback);
    }
    this.#maxBytes = maxBytes;
    this.#fallback = fallback === 'temp-file' ? new PipesTempFileContextInjector() : undefined;
  }

  /** @throws PipesError PIPES_INJECTION_FAILED for a context that is too large, naming what makes it so */
  async injectContext(context: PipesContextData): Promise<InjectedContext> {
    const params = { data: context as unknown as JsonObject };
    const bytes = `${DAGSTER_PIPES_CONTEXT_ENV_VAR}=${encodeParam(params)}`.length;
    if (bytes <= this.#maxBytes) return { params, [Symbol.asyncDispose]: async () => undefined };
    if (this.#fallback !== undefined) return await this.#fallback.injectContext(context);
    throw injectionFailed(
      `The context does not fit into an environment variable: ${count(bytes)} bytes encoded, where ${count(this.#maxBytes)} are allowed.${describeLargestExtra(context.extras)} Pass large values by a file or a store, allow { fallback: 'temp-file' }, or use another injector.`,
    );
  }

  noMessagesDebugText(): string {
    const fallback = this.#fallback === undefined ? '' : ' (by a local temporary file if it is large)';
    return `Attempted to inject the context within the bootstrap itself${fallback}. The external process must use PipesDefaultContextLoader.`;
  }
}

function describeLargestExtra(extras: JsonObject): string {
  const [largest] = Object.entries(extras)
    .map(([key, value]) => ({ key, bytes: stringifyWireJson(value).length }))
    .toSorted((a, b) => b.bytes - a.bytes);
  return largest === undefined
    ? ''
    : ` The largest of its extras is ${JSON.stringify(largest.key)}, ${count(largest.bytes)} bytes as JSON.`;
}

function count(bytes: number): string {
  return bytes.toLocaleString('en-US');
}
