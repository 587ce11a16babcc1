import { PipesError } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from '../errors.ts';
import { didYouMean } from '../model/nearest.ts';

/** What is wrong with the value at a path, one sentence each. */
export type Rule = (path: string, value: unknown) => readonly string[];

/** The options that something takes. Those that are not required may be undefined. */
export interface Shape {
  readonly required: Readonly<Record<string, Rule>>;
  readonly optional: Readonly<Record<string, Rule>>;
}

/**
 * Holds options against what their types promise: JavaScript has no types, and imports in a circle are undefined whatever
 * these say.
 */
export function optionProblems(who: string, options: unknown, { required, optional }: Shape): readonly string[] {
  if (!isMap(options)) return [`${who} is given ${shown(options)} where its options belong: { ${names(required)} }`];
  const rules: Readonly<Record<string, Rule>> = { ...required, ...optional };
  return [
    ...Object.entries(required).flatMap(([name, rule]) =>
      name in options ? rule(name, options[name]) : [`"${name}" is missing: add it`],
    ),
    ...Object.entries(optional).flatMap(([name, rule]) =>
      options[name] === undefined ? [] : rule(name, options[name]),
    ),
    ...Object.keys(options)
      .filter((name) => !Object.hasOwn(rules, name))
      .map(
        (name) => `"${name}" is not an option${didYouMean(name, Object.keys(rules)) || `: it takes ${names(rules)}`}`,
      ),
  ].map((problem) => `${who}: ${problem}`);
}

/** @throws PipesError PIPES_DEFINITION_INVALID naming every problem */
export function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const head =
    problems.length === 1 ? 'The definitions have a problem:' : `The definitions have ${problems.length} problems:`;
  throw new PipesError<RuntimeErrorCode>('PIPES_DEFINITION_INVALID', [head, ...problems].join('\n  - '));
}

/** One value, for which `fits` must hold. `wanted` says what that is. */
export function one(wanted: string, fits: (value: unknown) => boolean): Rule {
  return (path, value) => {
    if (fits(value)) return [];
    const remedy = value === undefined ? ` (a circular import?)` : '';
    return [`${path} is ${shown(value)}${remedy}: it must be ${wanted}`];
  };
}

export function listOf(rule: Rule): Rule {
  return (path, value) =>
    Array.isArray(value)
      ? Array.from(value).flatMap((each, index) => rule(`${path}[${index}]`, each))
      : [`${path} is ${shown(value)}: it must be an array`];
}

export function mapOf(rule: Rule): Rule {
  return (path, value) =>
    isMap(value)
      ? Object.entries(value).flatMap(([name, each]) => rule(`${path}.${name}`, each))
      : [`${path} is ${shown(value)}: it must be an object`];
}

/** An object with these options of its own. */
export function shaped(shape: Shape): Rule {
  return (path, value) => optionProblems(path, value, shape);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function names(rules: object): string {
  return Object.keys(rules).join(', ');
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (!isMap(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  return typeof value['kind'] === 'string' ? `a ${value['kind']}` : 'an object';
}
