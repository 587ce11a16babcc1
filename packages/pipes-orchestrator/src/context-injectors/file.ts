import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type JsonObject, type PipesContextData, stringifyWireJson } from 'pipes-external/protocol';
import { describeFileError } from '../file-errors.ts';
import { judgePath } from '../judge-option.ts';
import { type InjectedContext, PipesContextInjector } from './context-injector.ts';
import { injectionFailed } from './injection-failed.ts';

/**
 * Puts the context into a file (0600) that both sides can reach. A file that is there is replaced at once and as a whole;
 * the file is deleted when the session is over. One path serves one session at a time.
 */
export class PipesFileContextInjector extends PipesContextInjector {
  readonly #path: string;

  /**
   * @param path a relative one is of this process's working directory, and travels as an absolute one
   * @throws PipesError PIPES_OPTION_INVALID
   */
  constructor(path: string) {
    super();
    judgePath('PipesFileContextInjector', path);
    this.#path = resolve(path);
  }

  /** @throws PipesError PIPES_INJECTION_FAILED */
  async injectContext(context: PipesContextData): Promise<InjectedContext> {
    const path = this.#path;
    const draft = `${path}.${randomBytes(8).toString('hex')}.tmp`;
    try {
      await writeFile(draft, stringifyWireJson(context as unknown as JsonObject), { mode: 0o600, flag: 'wx' });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw injectionFailed(`Cannot write the context to the file ${path}: ${describeFileError(error)}.`, error);
    }
    return { params: { path }, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  }

  noMessagesDebugText(): string {
    return `Attempted to inject the context by the file ${this.#path}. The external process must be able to read that path (a container needs it mounted) and use PipesDefaultContextLoader.`;
  }
}
