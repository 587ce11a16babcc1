import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PipesError } from 'pipes-external/protocol';

/** Options of `pipes run` as the command line gives them. */
export interface RunOptions {
  readonly select?: readonly string[];
  readonly partition?: string;
  readonly config?: string;
  readonly tag?: readonly string[];
  readonly maxConcurrent?: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** What they ask of `execute`. */
export interface RunRequest {
  readonly select?: readonly string[];
  readonly partition?: string;
  readonly config?: unknown;
  readonly tags?: Readonly<Record<string, string>>;
  readonly maxConcurrent?: number;
}

/**
 * Judges the options; reads the config where it is a file.
 *
 * @throws PipesError PIPES_USAGE_INVALID naming the option and what it takes
 */
export async function readRunOptions(options: RunOptions, cwd: string = process.cwd()): Promise<RunRequest> {
  return {
    ...(options.select !== undefined && { select: options.select.flatMap((terms) => terms.split(',')) }),
    ...(options.partition !== undefined && { partition: options.partition }),
    ...(options.config !== undefined && { config: await readConfig(options.config, cwd) }),
    ...(options.tag !== undefined && { tags: Object.fromEntries(options.tag.map(readTag)) }),
    ...(options.maxConcurrent !== undefined && { maxConcurrent: readCount(options.maxConcurrent) }),
  };
}

function readTag(text: string): [string, string] {
  const split = text.indexOf('=');
  if (split < 1) throw usage(`--tag takes key=value, not ${JSON.stringify(text)}.`);
  return [text.slice(0, split), text.slice(split + 1)];
}

function readCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw usage(`--max-concurrent takes a whole number from 1, not ${JSON.stringify(text)}.`);
  return value;
}

async function readConfig(text: string, cwd: string): Promise<unknown> {
  if (text.trimStart().startsWith('{')) return parseConfig(text, '--config');
  const path = resolve(cwd, text);
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    throw usage(
      `Cannot read the config file ${path} (${(error as NodeJS.ErrnoException).code}). --config takes a JSON file, or JSON that starts with "{".`,
      error,
    );
  }
  return parseConfig(content, path);
}

function parseConfig(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw usage(`The config in ${where} is not JSON: ${(error as Error).message}.`, error);
  }
}

function usage(message: string, cause?: unknown): PipesError {
  const error = new PipesError('PIPES_USAGE_INVALID', message, cause === undefined ? undefined : { cause });
  // The command line is at fault, and no code.
  error.stack = '';
  return error;
}
