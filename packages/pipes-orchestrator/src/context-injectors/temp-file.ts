import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, type PipesContextData, stringifyWireJson } from 'pipes-external/protocol';
import { describeFileError } from '../file-errors.ts';
import { type InjectedContext, PipesContextInjector } from './context-injector.ts';
import { injectionFailed } from './injection-failed.ts';

/**
 * Puts the context into a temporary file: for external processes on this machine. Each session has a directory of its own
 * (0700, with an unguessable name; the file is 0600) that is removed when the session is over.
 */
export class PipesTempFileContextInjector extends PipesContextInjector {
  /** @throws PipesError PIPES_INJECTION_FAILED */
  async injectContext(context: PipesContextData): Promise<InjectedContext> {
    const directory = await makeDirectory();
    const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
    const path = join(directory, 'context');
    try {
      await writeFile(path, stringifyWireJson(context as unknown as JsonObject), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      await remove();
      throw injectionFailed(
        `Cannot write the context to the temporary file ${path}: ${describeFileError(error)}.`,
        error,
      );
    }
    return { params: { path }, [Symbol.asyncDispose]: remove };
  }

  noMessagesDebugText(): string {
    return 'Attempted to inject the context by a local temporary file. The external process must run on this machine with the same file system and use PipesDefaultContextLoader.';
  }
}

async function makeDirectory(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'pipes-context-'));
  } catch (error) {
    throw injectionFailed(`Cannot make a temporary directory in ${tmpdir()}: ${describeFileError(error)}.`, error);
  }
}
