import type { ExecutionLog } from '../execution-context.ts';

/** Where a session logs when its context has no log of its own. */
export const stderrLog: ExecutionLog = {
  debug: (message) => writeLine('DEBUG', message),
  info: (message) => writeLine('INFO', message),
  warning: (message) => writeLine('WARNING', message),
  error: (message) => writeLine('ERROR', message),
  critical: (message) => writeLine('CRITICAL', message),
};

function writeLine(level: string, message: string): void {
  process.stderr.write(`${level} ${message}\n`);
}
