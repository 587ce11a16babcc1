import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PipesError } from 'pipes-external/protocol';
import type { Project } from 'pipes-runtime';
import { explainImportError } from './explain-import-error.ts';
import { findProject } from './find-project.ts';

/**
 * Imports a module, TypeScript included, and finds the project that it exports.
 *
 * @param file as the user gave it, relative to `cwd`
 * @throws PipesError PIPES_MODULE_FAILED, PIPES_PROJECT_UNCLEAR, and whatever PipesError the module itself throws, such as
 * PIPES_DEFINITION_INVALID from `define`
 */
export async function loadDefinitions(file: string, cwd: string = process.cwd()): Promise<Project> {
  const path = resolve(cwd, file);
  await checkFile(file, path);
  let exported: object;
  try {
    exported = (await import(pathToFileURL(path).href)) as object;
  } catch (error) {
    throw refusal(file, error, path);
  }
  return findProject(exported, file);
}

function refusal(file: string, error: unknown, path: string): PipesError {
  if (PipesError.is(error)) {
    const message = error.message.replace(` [${error.code}]`, '');
    const wrapped = new PipesError(error.code, `Cannot load ${file}: ${message}`);
    // Where in the module it was thrown is what its author needs to see.
    if (error.stack !== undefined) wrapped.stack = error.stack;
    return wrapped;
  }
  const { reason, isOfModule } = explainImportError(error, path);
  return new PipesError('PIPES_MODULE_FAILED', `Cannot load ${file}: ${reason}`, isOfModule ? { cause: error } : {});
}

async function checkFile(file: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  const what = found?.isDirectory() ? 'it is a directory' : `there is no such file (looked for ${path})`;
  const candidates = await candidatesNear(path, found?.isDirectory() === true);
  const remedy =
    candidates.length > 0
      ? `Did you mean ${candidates.join(' or ')}?`
      : 'Give the path of the module that exports your project, relative to the current directory.';
  throw new PipesError('PIPES_MODULE_FAILED', `Cannot load ${file}: ${what}. ${remedy}`);
}

const MODULE_EXTENSIONS = ['.ts', '.mts', '.js', '.mjs', '.cts', '.cjs'];

/** Modules in the directory, or those named like the missing file but for the extension. */
async function candidatesNear(path: string, isDirectory: boolean): Promise<string[]> {
  const directory = isDirectory ? path : dirname(path);
  const names = await readdir(directory).catch(() => []);
  const modules = names.filter((name) => MODULE_EXTENSIONS.includes(extname(name)) && !name.includes('.test.'));
  if (isDirectory) return modules.slice(0, 3);
  const wanted = resolve(path).slice(0, extname(path) === '' ? undefined : -extname(path).length);
  return modules.filter((name) => resolve(directory, name.slice(0, -extname(name).length)) === wanted);
}
