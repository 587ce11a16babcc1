import { CommanderError } from 'commander';
import { PipesError, toPipesException } from 'pipes-external/protocol';
import type { CliErrorCode } from './errors.ts';
import { renderException } from './render/exception.ts';
import { toJsonLine } from './render/json-line.ts';
import { coloursFor } from './terminal/colours.ts';

/**
 * Tells why a command could not do what it was asked: in words on stderr, and for machines as one line of JSON on stdout.
 *
 * @throws the error itself when it is none that a user can cause
 */
export function reportError(error: unknown, isJson: boolean): void {
  if (error instanceof CommanderError) {
    // Commander has written it to stderr.
    if (isJson) writeJson('PIPES_USAGE_INVALID' satisfies CliErrorCode, error.message.replace(/^error: /, ''));
    return;
  }
  if (!PipesError.is(error)) throw error;
  if (isJson) writeJson(error.code, error.message);
  const style = { colours: coloursFor(process.stderr), cwd: process.cwd() };
  process.stderr.write(`${renderException(toPipesException(error), style).join('\n')}\n`);
}

function writeJson(code: string, message: string): void {
  process.stdout.write(`${toJsonLine({ type: 'ERROR', code, message })}\n`);
}
