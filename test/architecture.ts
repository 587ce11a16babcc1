import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import ts from 'typescript';

/** What the files of one folder may import. Anything not named is forbidden; a layer may always import itself. */
export interface Layer {
  readonly folder: string;
  /** Its row in the table of ARCHITECTURE.md, which the rest spells out. */
  readonly row: readonly [layer: string, mayImport: string];
  /** Other folders of the same package. */
  readonly layers?: readonly string[];
  /** Packages and their entries; `node:*` is all of Node. */
  readonly imports: readonly string[];
  /** What may be imported with `import type` only. */
  readonly types?: readonly string[];
}

const PROTOCOL = 'pipes-external/protocol';
const MODEL = 'pipes-runtime/src/model';
const DEFINITIONS = 'pipes-runtime/src/definitions';
const STORAGE = 'pipes-runtime/src/storage';
const STORAGE_ROW = [
  '`pipes-runtime/src/storage`',
  'model, `pipes-external/protocol`; `memory` and `conformance` also storage itself, `conformance` also `node:assert`',
] as const;
const EXECUTION_ROW = [
  '`pipes-runtime/src/execution`, `instance`',
  'the layers above them in this table, `pipes-orchestrator`, zod, `node:*`',
] as const;
const EXECUTION_IMPORTS = [PROTOCOL, 'pipes-orchestrator', 'zod', 'node:*'];
const RUNTIME = [MODEL, DEFINITIONS, STORAGE, `${STORAGE}/memory`];

export const LAYERS: readonly Layer[] = [
  {
    folder: 'pipes-external/src/protocol',
    row: ['`pipes-external/src/protocol`', '`node:zlib`'],
    imports: ['node:zlib'],
  },
  {
    folder: 'pipes-external/src',
    row: ['`pipes-external`', 'its protocol, `node:*`'],
    layers: ['pipes-external/src/protocol'],
    imports: ['node:*'],
  },
  {
    folder: 'pipes-orchestrator/src',
    row: ['`pipes-orchestrator`', '`pipes-external/protocol`, zod, execa, `node:*`'],
    imports: [PROTOCOL, 'zod', 'execa', 'node:*'],
  },
  { folder: MODEL, row: ['`pipes-runtime/src/model`', '`pipes-external/protocol`'], imports: [PROTOCOL] },
  {
    folder: DEFINITIONS,
    row: ['`pipes-runtime/src/definitions`', 'model, zod, `pipes-external/protocol`, types of `pipes-orchestrator`'],
    layers: [MODEL],
    imports: [PROTOCOL, 'zod'],
    types: ['pipes-orchestrator'],
  },
  { folder: STORAGE, row: STORAGE_ROW, layers: [MODEL], imports: [PROTOCOL] },
  { folder: `${STORAGE}/memory`, row: STORAGE_ROW, layers: [MODEL, STORAGE], imports: [PROTOCOL] },
  {
    folder: `${STORAGE}/conformance`,
    row: STORAGE_ROW,
    layers: [MODEL, STORAGE],
    imports: [PROTOCOL, 'node:assert/strict'],
  },
  {
    folder: 'pipes-runtime/src/execution',
    row: EXECUTION_ROW,
    layers: [...RUNTIME, 'pipes-runtime/src/instance'],
    imports: EXECUTION_IMPORTS,
  },
  {
    folder: 'pipes-runtime/src/instance',
    row: EXECUTION_ROW,
    layers: [...RUNTIME, 'pipes-runtime/src/execution'],
    imports: EXECUTION_IMPORTS,
  },
  {
    folder: 'pipes-cli/src',
    row: ['`pipes-cli`', 'public entries of the packages, its own dependencies'],
    imports: ['node:*', ...dependenciesOf('pipes-cli').flatMap((name) => [name, `${name}/*`])],
  },
];

/** Sources by their path below `packages/`. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** One sentence for each import that its layer may not have, in all of the sources or in one. */
export function findForbiddenImports(sources: Sources, only?: string): readonly string[] {
  const files = only === undefined ? [...sources.keys()] : [only];
  return files.flatMap((file) =>
    importsOf(file, sources.get(file) ?? '')
      .filter((each) => !isAllowed(file, each, sources))
      .map(({ specifier }) => `${file} may not import ${specifier}`),
  );
}

/** Each cycle of imports once, as the path that closes it. What is erased before it runs makes no cycle. */
export function findCycles(sources: Sources): readonly string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) cycles.push([...path.slice(start), file].join(' → '));
    if (start !== -1 || done.has(file)) return;
    for (const { specifier, typeOnly } of importsOf(file, sources.get(file) ?? '')) {
      if (!typeOnly && specifier.startsWith('.')) visit(join(dirname(file), specifier), [...path, file]);
    }
    done.add(file);
  };
  for (const file of sources.keys()) visit(file, []);
  return cycles;
}

/** Every import of a file in whatever form: static, re-export, dynamic, of types. */
export function importsOf(file: string, text: string): readonly Import[] {
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const each = asImport(node);
    if (each !== undefined) imports.push(each);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return imports;
}

function asImport(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) {
    return asImportOf(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
  }
  if (ts.isExportDeclaration(node)) return asImportOf(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return asImportOf(node.argument.literal, true);
  if (!ts.isCallExpression(node)) return undefined;
  const { expression, arguments: given } = node;
  const loads =
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require');
  return loads ? asImportOf(given[0], false) : undefined;
}

/** A dynamic import of something computed, such as a user's module, is nobody's dependency. */
function asImportOf(specifier: ts.Node | undefined, typeOnly: boolean): Import | undefined {
  return specifier !== undefined && ts.isStringLiteralLike(specifier)
    ? { specifier: specifier.text, typeOnly }
    : undefined;
}

function isAllowed(file: string, { specifier, typeOnly }: Import, sources: Sources): boolean {
  const here = layerOf(file);
  if (!specifier.startsWith('.')) {
    return matches(here?.imports ?? [], specifier) || (typeOnly && matches(here?.types ?? [], specifier));
  }
  const target = join(dirname(file), specifier);
  if (!sources.has(target) || packageOf(target) !== packageOf(file)) return false;
  // The errors of a package are for all its layers, and its entry shows all of them.
  if (target === `${packageOf(file)}/src/errors.ts` || file === `${packageOf(file)}/src/index.ts`) return true;
  const there = layerOf(target);
  return there !== undefined && here !== undefined && [here.folder, ...(here.layers ?? [])].includes(there.folder);
}

function layerOf(file: string): Layer | undefined {
  const around = LAYERS.filter(({ folder }) => file.startsWith(`${folder}/`));
  return around.toSorted((a, b) => b.folder.length - a.folder.length)[0];
}

function matches(patterns: readonly string[], specifier: string): boolean {
  return patterns.some((each) => (each.endsWith('*') ? specifier.startsWith(each.slice(0, -1)) : each === specifier));
}

function packageOf(file: string): string {
  return file.slice(0, file.indexOf('/'));
}

function dependenciesOf(name: string): readonly string[] {
  const file = new URL(`../packages/${name}/package.json`, import.meta.url);
  return Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { dependencies: object }).dependencies);
}
