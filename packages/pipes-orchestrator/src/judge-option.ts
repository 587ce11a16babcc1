import { PipesError } from 'pipes-external/protocol';
import type { OrchestratorErrorCode } from './errors.ts';

/**
 * An option that cannot be used. Only short values are shown: others may hold secrets.
 *
 * @param owner whose option it is, or what was attempted with it
 * @param expected what it must be
 */
export function wrongOption(
  owner: string,
  option: string,
  expected: string,
  given: unknown,
): PipesError<OrchestratorErrorCode> {
  const message = `${owner}: the option "${option}" must be ${expected}, and is ${show(given)}.`;
  return new PipesError('PIPES_OPTION_INVALID', message);
}

/** @throws PipesError PIPES_OPTION_INVALID for what is neither undefined nor a whole number from 1 */
export function judgeCount(owner: string, option: string, value: unknown): void {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 1)) return;
  throw wrongOption(owner, option, 'a whole number from 1', value);
}

/** @throws PipesError PIPES_OPTION_INVALID for what is neither undefined nor a number above 0 that a timer can hold */
export function judgeInterval(owner: string, option: string, value: unknown): void {
  if (value === undefined || (typeof value === 'number' && value > 0 && value <= MAX_TIMER_MS)) return;
  throw wrongOption(owner, option, 'a number of milliseconds above 0', value);
}

/** @throws PipesError PIPES_OPTION_INVALID for what is neither undefined nor an AbortSignal */
export function judgeSignal(owner: string, option: string, value: unknown): void {
  if (value !== undefined && !(value instanceof AbortSignal)) throw wrongOption(owner, option, 'an AbortSignal', value);
}

/** @throws PipesError PIPES_OPTION_INVALID for what is no path of a file */
export function judgePath(owner: string, path: unknown): void {
  if (typeof path !== 'string' || path === '') throw wrongOption(owner, 'path', 'a string that is not empty', path);
}

/** What timers can hold; about 25 days. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Not `instanceof`: a plug-in may extend another copy of the base class. */
export function hasMethod(value: unknown, name: string): boolean {
  return isObject(value) && typeof (value as Readonly<Record<string, unknown>>)[name] === 'function';
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value;
}
