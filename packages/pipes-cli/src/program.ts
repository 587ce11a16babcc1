import { Command } from 'commander';
import { createRequire } from 'node:module';
import { ls } from './commands/ls.ts';
import type { RunOptions } from './commands/run-options.ts';
import { run } from './commands/run.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

/** The `pipes` command with all its subcommands. What it was asked to do ends in `onExit`. */
export function makeProgram(onExit: (code: ExitCode) => void): Command {
  const program = new Command('pipes')
    .description('Runs the assets of a TypeScript module and shows what their external processes report.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError('(see --help)')
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', PROGRAM_HELP);
  program.addCommand(runCommand(onExit).copyInheritedSettings(program));
  program.addCommand(lsCommand(onExit).copyInheritedSettings(program));
  return program;
}

function runCommand(onExit: (code: ExitCode) => void): Command {
  return new Command('run')
    .summary('run assets')
    .description('Runs the assets of a module, shows live what happens, and sums up at the end.')
    .argument('<file>', 'module that exports the project: .ts, .mts, .js or .mjs')
    .option('-s, --select <selection>', 'assets to run; may be repeated', append)
    .option('-p, --partition <key>', 'partition to run, or a range: 2012...2015')
    .option('-c, --config <json>', 'a JSON file, or JSON itself: \'{"assets":{"raw":{"limit":10}}}\'')
    .option('-t, --tag <key=value>', 'tag of the run; may be repeated', append)
    .option('--max-concurrent <n>', 'how many steps may run at a time')
    .option('--verbose', 'show debug messages too, and of each process its id, exit code and duration')
    .option('--json', 'print the events as JSON, one a line')
    .addHelpText('after', RUN_HELP)
    .action(async (file: string, options: RunOptions) => onExit(await run(file, options)));
}

function lsCommand(onExit: (code: ExitCode) => void): Command {
  return new Command('ls')
    .summary('show the assets of a module')
    .description('Shows the assets of a module: what depends on what, partitions and checks.')
    .argument('<file>', 'module that exports the project')
    .option('--json', 'print the assets as JSON, one a line')
    .action(async (file: string, options: { readonly json?: boolean }) => onExit(await ls(file, options)));
}

function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const PROGRAM_HELP = `
Examples:
  pipes ls weather.ts                         what is there
  pipes run weather.ts                        run all of it
  pipes run weather.ts --select '+monthly'    an asset and what it needs
  pipes run weather.ts --json | jq .type      events for machines
`;

const RUN_HELP = `
Examples:
  pipes run weather.ts
  pipes run weather.ts --select raw --select clean
  pipes run weather.ts --select monthly --partition 2014
  pipes run weather.ts --select monthly --partition 2012...2015
  pipes run weather.ts --config config.json --tag team=climate
  pipes run weather.ts --json > events.jsonl

Exit codes:
  ${EXIT.success}    everything succeeded
  ${EXIT.runFailed}    the run failed, or an error that nobody caught cancelled it
  ${EXIT.usage}    nothing ran: arguments, definitions, config or selection are wrong
  ${EXIT.interrupted}  cancelled by Ctrl-C (${EXIT.terminated} by SIGTERM, ${EXIT.hungUp} by SIGHUP)
  ${EXIT.brokenPipe}  cancelled because nobody read the output any more
`;
