import { execute, type ExecutionResult, type RunEvent } from 'pipes-runtime';
import { loadDefinitions } from '../definitions/load-definitions.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderSummary } from '../render/summary.ts';
import { JsonReporter } from '../reporters/json-reporter.ts';
import { LiveReporter } from '../reporters/live-reporter.ts';
import { PlainReporter } from '../reporters/plain-reporter.ts';
import type { RunReporter } from '../reporters/run-reporter.ts';
import { coloursFor, isInteractive } from '../terminal/colours.ts';
import { Interruption } from '../terminal/interruption.ts';
import { readRunOptions, type RunOptions } from './run-options.ts';

/**
 * `pipes run`: runs the assets of a module and tells how it goes.
 *
 * @throws PipesError for what is wrong before anything runs
 */
export async function run(file: string, options: RunOptions): Promise<ExitCode> {
  const request = await readRunOptions(options);
  const result = await watch(options, async (reporter, signal) => {
    const project = await loadDefinitions(file);
    return execute(project, {
      ...request,
      signal,
      onEvent: (event) => {
        if (isShown(event, options)) reporter.event(event);
      },
      onOutput: (stepKey, stream, text) => reporter.output(stepKey, stream, text),
    });
  });
  if (result.interruptedWith !== EXIT.brokenPipe) tell(result.value, options);
  if (result.value.success) return EXIT.success;
  return result.interruptedWith ?? EXIT.runFailed;
}

/** People see debug messages when they ask for them; machines get every event. */
function isShown(event: RunEvent, { json, verbose }: RunOptions): boolean {
  return json === true || verbose === true || event.type !== 'LOG' || event.level !== 'debug';
}

/** Sums up: with `--json` only what did not succeed, and not among the lines of JSON. */
function tell(result: ExecutionResult, options: RunOptions): void {
  if (options.json === true && result.success) return;
  const stream = options.json === true ? process.stderr : process.stdout;
  const style = { width: stream.columns ?? 100, colours: coloursFor(stream), cwd: process.cwd() };
  stream.write(`${renderSummary(result, style)}\n`);
}

/** Runs something with a reporter and under the user's power to interrupt it. */
async function watch<T>(
  options: RunOptions,
  work: (reporter: RunReporter, signal: AbortSignal) => Promise<T>,
): Promise<{ readonly value: T; readonly interruptedWith: ExitCode | null }> {
  using reporter = openReporter(options);
  using interruption = new Interruption((signal) =>
    reporter.notice(
      signal === 'SIGINT' ? 'cancelling… press Ctrl-C again to kill' : `cancelling because of ${signal}…`,
    ),
  );
  return { value: await work(reporter, interruption.signal), interruptedWith: interruption.exitCode };
}

function openReporter(options: RunOptions): RunReporter {
  if (options.json === true) return new JsonReporter();
  const colours = coloursFor(process.stdout);
  if (isInteractive(process.stdout)) return new LiveReporter(colours);
  return new PlainReporter((text) => void process.stdout.write(text), colours);
}
