import { execute, type ExecutionResult, type RunEvent, type StepKey } from 'pipes-runtime';
import { explainRequestError } from '../definitions/explain-request-error.ts';
import { loadDefinitions } from '../definitions/load-definitions.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderSummary } from '../render/summary.ts';
import { JsonReporter } from '../reporters/json-reporter.ts';
import { LiveReporter } from '../reporters/live-reporter.ts';
import { PlainReporter } from '../reporters/plain-reporter.ts';
import type { RunReporter } from '../reporters/run-reporter.ts';
import { reportError } from '../report-error.ts';
import { coloursFor, isInteractive } from '../terminal/colours.ts';
import { EarlyExit } from '../terminal/early-exit.ts';
import { Interruption } from '../terminal/interruption.ts';
import { readRunOptions, type RunOptions } from './run-options.ts';

/**
 * `pipes run`: runs the assets of a module and tells how it goes.
 *
 * @throws PipesError for what is wrong before anything runs
 */
export async function run(file: string, options: RunOptions): Promise<ExitCode> {
  const request = await readRunOptions(options);
  let hasBegun = false;
  const inFlight = new Set<StepKey>();
  using _earlyExit = new EarlyExit(options.json === true, () => (hasBegun ? [...inFlight] : undefined));
  try {
    const { value: result, interruption } = await watch(options, async (reporter, interrupted) => {
      const project = await interrupted.race(loadDefinitions(file));
      if (project === undefined) return undefined;
      interrupted.signal.addEventListener('abort', () => reporter.notice(noticeOf(interrupted)));
      return execute(project, {
        ...request,
        signal: interrupted.signal,
        onEvent: (event) => {
          hasBegun = true;
          noteInFlight(inFlight, event);
          if (isShown(event, options)) reporter.event(event);
        },
        onOutput: (stepKey, stream, text) => reporter.output(stepKey, stream, text),
      }).catch((error: unknown) => {
        throw hasBegun ? error : explainRequestError(error, file);
      });
    });
    if (result !== undefined && interruption.exitCode !== EXIT.brokenPipe) tell(result, options);
    if (interruption.uncaught !== null) throw interruption.uncaught;
    if (result === undefined) return nothingRan(file, interruption);
    return result.success ? EXIT.success : (interruption.exitCode ?? EXIT.runFailed);
  } catch (error) {
    if (!hasBegun) throw error;
    reportError(error, options.json === true);
    return EXIT.runFailed;
  }
}

function noteInFlight(inFlight: Set<StepKey>, event: RunEvent): void {
  if (event.type === 'STEP_START' || event.type === 'STEP_RESTARTED') inFlight.add(event.stepKey);
  if (event.type === 'STEP_SUCCESS' || event.type === 'STEP_FAILURE' || event.type === 'STEP_UP_FOR_RETRY')
    inFlight.delete(event.stepKey);
}

function noticeOf({ exitCode, uncaught, signal }: Interruption): string {
  if (uncaught !== null) return `cancelling because of an error that nobody caught: ${String(uncaught.cause)}`;
  if (exitCode === EXIT.interrupted) return 'cancelling… press Ctrl-C again to kill';
  return `cancelling because of ${(signal.reason as Error).message}…`;
}

function nothingRan(file: string, { exitCode, signal }: Interruption): ExitCode {
  const text = `${(signal.reason as Error).message} while ${file} was loading: nothing ran.`;
  process.stderr.write(`${coloursFor(process.stderr).yellow(text)}\n`);
  return exitCode ?? EXIT.runFailed;
}

/** People see debug messages when they ask for them; machines get every event. */
function isShown(event: RunEvent, { json, verbose }: RunOptions): boolean {
  return json === true || verbose === true || event.type !== 'LOG' || event.level !== 'debug';
}

/** Sums up: with `--json` only what did not succeed, and not among the lines of JSON. */
function tell(result: ExecutionResult, options: RunOptions): void {
  if (options.json === true && result.success) return;
  const stream = options.json === true ? process.stderr : process.stdout;
  const style = {
    width: stream.columns ?? 100,
    colours: coloursFor(stream),
    cwd: process.cwd(),
    verbose: options.verbose,
  };
  stream.write(`${renderSummary(result, style)}\n`);
}

/** Does something with a reporter and under the user's power to interrupt it. */
async function watch<T>(
  options: RunOptions,
  work: (reporter: RunReporter, interruption: Interruption) => Promise<T>,
): Promise<{ readonly value: T; readonly interruption: Interruption }> {
  using reporter = openReporter(options);
  using interruption = new Interruption();
  return { value: await work(reporter, interruption), interruption };
}

function openReporter(options: RunOptions): RunReporter {
  if (options.json === true) return new JsonReporter();
  const colours = coloursFor(process.stdout);
  if (isInteractive(process.stdout)) return new LiveReporter(colours);
  return new PlainReporter((text) => void process.stdout.write(text), colours);
}
