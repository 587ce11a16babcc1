import { CommanderError } from 'commander';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { makeProgram } from './program.ts';
import { reportError } from './report-error.ts';

process.exitCode = await main(process.argv);
// What the user's module left open, a timer or a connection, must not keep the command from ending.
await Promise.all([drained(process.stdout), drained(process.stderr)]);
process.exit();

async function main(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.success;
  let isBroken = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    isBroken = true;
  });
  process.stderr.on('error', () => {
    // There is nobody left to tell.
  });
  try {
    await makeProgram((code) => (exitCode = code)).parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.success;
    reportError(error, argv.includes('--json'));
    exitCode = EXIT.usage;
  }
  return isBroken ? EXIT.brokenPipe : exitCode;
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
