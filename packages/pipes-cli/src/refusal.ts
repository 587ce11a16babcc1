import { CommanderError } from 'commander';
import { PipesError, toPipesException } from 'pipes-external/protocol';
import type { CliErrorCode } from './errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { renderException } from './render/exception.ts';
import { toJsonLine } from './render/json-line.ts';
import { coloursFor } from './terminal/colours.ts';

/**
 * Tells why nothing ran: in words on stderr, and for machines as one line of JSON on stdout.
 *
 * @throws the error itself when it is none that a user can cause
 */
export function reportRefusal(error: unknown, isJson: boolean): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has written it to stderr.
    if (isJson) writeJson('PIPES_USAGE_INVALID' satisfies CliErrorCode, error.message.replace(/^error: /, ''));
    return EXIT.usage;
  }
  if (!PipesError.is(error)) throw error;
  if (isJson) writeJson(error.code, error.message);
  const style = { colours: coloursFor(process.stderr), cwd: process.cwd() };
  process.stderr.write(`${renderException(toPipesException(error), style).join('\n')}\n`);
  return EXIT.usage;
}

function writeJson(code: string, message: string): void {
  process.stdout.write(`${toJsonLine({ type: 'ERROR', code, message })}\n`);
}
