import type { PipesLogger } from './pipes-context.ts';
import type { PipesLogLevel } from './protocol/index.ts';
import { toLogText } from './readable.ts';

/** The five levels over one function. */
export function makeLogger(log: (level: PipesLogLevel, message: string) => void): PipesLogger {
  return {
    debug: (message) => log('DEBUG', toLogText(message)),
    info: (message) => log('INFO', toLogText(message)),
    warning: (message) => log('WARNING', toLogText(message)),
    error: (message) => log('ERROR', toLogText(message)),
    critical: (message) => log('CRITICAL', toLogText(message)),
  };
}
