import { spawnSync } from 'node:child_process';
import { extname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Explanation {
  /** Why, where, and what to do. */
  readonly reason: string;
  /** The module's own code threw it, rather than Node: its frames tell more. */
  readonly isOfModule: boolean;
}

/** Why a module could not be imported. */
export function explainImportError(error: unknown, path: string): Explanation {
  const reason = error instanceof Error ? explainRefusal(error, path) : undefined;
  if (reason !== undefined) return { reason, isOfModule: false };
  return {
    reason: `it threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    isOfModule: true,
  };
}

/** For what Node refuses to load. */
function explainRefusal(error: Error, path: string): string | undefined {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ERR_MODULE_NOT_FOUND':
      return explainNotFound(error);
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return `${error.message}${at(error)}. ${remedyForSyntax(error.message)}`;
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return `${error.message}. Node runs .ts, .mts, .js and .mjs; .tsx must be compiled first.`;
    case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
      return `${error.message}. Packages under node_modules must be published as JavaScript.`;
    case 'ERR_PACKAGE_PATH_NOT_EXPORTED':
      return `${error.message}. Import a path that the package exports.`;
    default:
      return isOfLoader(error) ? explainSyntax(error, path) : undefined;
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

/** Code can throw syntax errors as well: `JSON.parse`, `new RegExp`. */
function isOfLoader(error: Error): boolean {
  return error instanceof SyntaxError && /^ {4}at .*\(node:internal\/modules\//.test(firstFrame(error));
}

function firstFrame(error: Error): string {
  return error.stack?.split('\n').find((line) => line.startsWith('    at ')) ?? '';
}

function explainSyntax(error: Error, path: string): string {
  if (error.message.includes('does not provide an export named')) {
    return `${error.message}${at(error)}. If it is a type, import it with "import type".`;
  }
  return `syntax error${at(error) || locate(path)}: ${error.message}.`;
}

/** Where Node says it is: above the stack of a syntax error. */
function at(error: Error): string {
  return placeIn(error.stack?.split('\n    at ', 1)[0] ?? '');
}

/** For JavaScript, Node keeps the place from who catches the error; its own checker tells. */
function locate(path: string): string {
  return placeIn(spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', timeout: 5_000 }).stderr);
}

function placeIn(text: string): string {
  const [, place, line] = /^(file:\/\/\S+|\/.+|[A-Za-z]:.+):(\d+)$/m.exec(text) ?? [];
  if (place === undefined) return '';
  return ` at ${shown(place.startsWith('file:') ? fileURLToPath(place) : place)}:${line}`;
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

function relativeName(path: string): string {
  return `./${path.split(/[/\\]/).at(-1)}`;
}
