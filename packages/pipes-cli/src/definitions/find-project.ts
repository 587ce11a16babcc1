import { PipesError } from 'pipes-external/protocol';
import { isProject, type Project } from 'pipes-runtime';

const PREFERRED = ['project', 'defs', 'default'];

/**
 * The project among the exports of a module: the one named `project`, `defs` or `default`, else the only one.
 *
 * @throws PipesError PIPES_PROJECT_UNCLEAR when there is none, or several
 */
export function findProject(exported: object, file: string): Project {
  const entries = Object.entries(exported) as [string, unknown][];
  const projects = new Map<string, Project>();
  for (const [name, value] of entries) if (isProject(value)) projects.set(name, value);
  for (const name of PREFERRED) {
    const project = projects.get(name);
    if (project !== undefined) return project;
  }
  // The same project under two names is still one.
  const [only, ...others] = new Set(projects.values());
  if (only !== undefined && others.length === 0) return only;
  throw new PipesError('PIPES_PROJECT_UNCLEAR', only === undefined ? none(entries, file) : several(projects, file));
}

function none(entries: readonly [string, unknown][], file: string): string {
  const found =
    entries.length === 0
      ? 'it exports nothing'
      : `it exports ${entries.map(([name, value]) => `${name} (${describe(value)})`).join(', ')}`;
  return `${file} exports no project: ${found}. Add: export const project = define({ assets: [ … ] });`;
}

function several(projects: ReadonlyMap<string, Project>, file: string): string {
  return `${file} exports several projects: ${[...projects.keys()].join(', ')}. Name the one to use "project".`;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}
