import { spawnSync } from 'node:child_process';
import { extname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Says in a sentence or two why a module could not be imported, where, and what to do: for what Node refuses. An error that
 * the module's own code threw is told in its own words.
 */
export async function explainImportError(error: unknown, path: string): Promise<string> {
  if (!(error instanceof Error)) return `it threw ${String(error)}.`;
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ERR_MODULE_NOT_FOUND':
      return explainNotFound(error);
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return `${error.message}${at(error)}. ${remedyForSyntax(error.message)}`;
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return `Node cannot run files of this kind (${error.message}). Use .ts, .mts, .js or .mjs; .tsx must be compiled first.`;
    case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
      return `${error.message}. Packages under node_modules must be published as JavaScript.`;
    case 'ERR_PACKAGE_PATH_NOT_EXPORTED':
      return `${error.message}. Import a path that the package exports.`;
    default:
      return error instanceof SyntaxError ? explainSyntax(error, path) : `it threw ${error.name}: ${error.message}`;
  }
}

function explainNotFound(error: Error): string {
  const [, kind, name, importer] =
    /^Cannot find (package|module) '(.+?)'(?: imported from (.+))?$/.exec(error.message) ?? [];
  if (name === undefined) return `${error.message}.`;
  const from = importer === undefined ? '' : `, imported from ${shown(importer)},`;
  if (kind === 'package') return `the package "${name}"${from} is not installed. Run: npm install ${name}`;
  const remedy =
    extname(name) === ''
      ? `Node wants the extension in relative imports: write "${relativeName(name)}.ts".`
      : 'Check the path of the import.';
  return `the module ${shown(name)}${from} does not exist. ${remedy}`;
}

function remedyForSyntax(message: string): string {
  if (message.includes('enum'))
    return 'Node only strips types: write a const object or a union of strings instead of the enum.';
  if (message.includes('namespace')) return 'Node only strips types: write a module instead of the namespace.';
  if (message.includes('parameter property'))
    return 'Node only strips types: declare the field and assign it in the constructor.';
  return 'Node only strips types: use syntax that can be erased ("erasableSyntaxOnly" in tsconfig.json finds all of it).';
}

function explainSyntax(error: SyntaxError, path: string): string {
  if (error.message.includes('does not provide an export named')) {
    return `${error.message}${at(error)}. If it is a type, import it with "import type".`;
  }
  return `syntax error${at(error) || locate(path)}: ${error.message}.`;
}

/** Where Node says it is: the first line of the stack of a syntax error. */
function at(error: Error): string {
  const place = /^(file:\/\/\S+):(\d+)$/m.exec(error.stack?.split('\n    at ', 1)[0] ?? '');
  return place === null ? '' : ` at ${shown(fileURLToPath(place[1]!))}:${place[2]}`;
}

/** For JavaScript, Node keeps the place from who catches the error; its own checker tells. */
function locate(path: string): string {
  const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', timeout: 5_000 });
  const place = /^(?:file:\/\/)?(\/.+|[A-Za-z]:.+):(\d+)$/m.exec(stderr);
  return place === null ? '' : ` at ${shown(place[1]!)}:${place[2]}`;
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

function relativeName(path: string): string {
  return `./${path.split(/[/\\]/).at(-1)}`;
}
