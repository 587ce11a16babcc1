import type { LogLevel, RunEvent, StepKey } from 'pipes-runtime';
import type { Colours } from '../terminal/colours.ts';
import { oneLine, printable } from './text.ts';
import { formatDuration } from './values.ts';

/** The line of a step's log: its key, its level where that is worth saying, and the message, which may have lines of its own. */
export function renderLog(
  log: { stepKey: StepKey | null; level: LogLevel; message: string },
  colours: Colours,
): string {
  const [first = '', ...rest] = printable(log.message).trimEnd().split('\n');
  const prefix = log.stepKey === null ? '' : `${colours.cyan(oneLine(log.stepKey))} `;
  const paint = painter(log.level, colours);
  const level = log.level === 'info' ? '' : `${paint(log.level.toUpperCase())} `;
  const text = log.level === 'debug' ? colours.dim : log.level === 'info' ? String : paint;
  return [prefix + level + text(first), ...rest.map((line) => `  ${text(line)}`)].join('\n');
}

function painter(level: LogLevel, colours: Colours): (text: string) => string {
  switch (level) {
    case 'debug':
      return colours.dim;
    case 'info':
      return String;
    case 'warning':
      return colours.yellow;
    case 'error':
      return colours.red;
    case 'critical':
      return (text) => colours.bold(colours.red(text));
    default:
      return level satisfies never;
  }
}

/** What a process of a step wrote to its own stdout or stderr. */
export function renderOutput(stepKey: StepKey, line: string, colours: Colours): string {
  return `${colours.cyan(oneLine(stepKey))} ${colours.dim('│')} ${printable(line)}`;
}

/**
 * An event in a line, for who watches without a live view. Undefined for those not worth one: what was planned, and what
 * the engine did as it should.
 */
export function renderEvent(event: RunEvent, colours: Colours): string | undefined {
  switch (event.type) {
    case 'LOG':
      return renderLog(event, colours);
    case 'RUN_START':
      return `run ${event.runId} started`;
    case 'RUN_CANCELING':
      return colours.yellow('cancelling…');
    case 'RUN_SUCCESS':
      return colours.green('run succeeded');
    case 'RUN_CANCELED':
      return colours.yellow('run cancelled');
    case 'RUN_FAILURE':
      return colours.red(`run failed: ${oneLine(event.failedSteps.join(', ') || event.message)}`);
    case 'ENGINE_EVENT':
      return event.error === null ? undefined : renderLog({ ...event, level: 'warning' }, colours);
    case 'RUN_STARTING':
    case 'ASSET_MATERIALIZATION_PLANNED':
    case 'ASSET_CHECK_EVALUATION_PLANNED':
      return undefined;
    default:
      return renderStepEvent(event, colours);
  }
}

type StepEvent = Extract<
  RunEvent,
  { readonly type: `STEP_${string}` | 'ASSET_MATERIALIZATION' | 'ASSET_CHECK_EVALUATION' }
>;

function renderStepEvent(event: StepEvent, colours: Colours): string {
  const step = colours.cyan(oneLine(event.stepKey));
  switch (event.type) {
    case 'STEP_START':
      return `${step} started`;
    case 'STEP_RESTARTED':
      return `${step} started again, attempt ${event.attempt}`;
    case 'STEP_SUCCESS':
      return `${step} ${colours.green(`✓ succeeded in ${formatDuration(event.durationMs)}`)}`;
    case 'STEP_FAILURE':
      if (event.source === 'interrupt')
        return `${step} ${colours.yellow(`⊘ stopped after ${formatDuration(event.durationMs)}`)}`;
      return `${step} ${colours.red(`✗ failed after ${formatDuration(event.durationMs)}: ${firstLine(event.error.message)}`)}`;
    case 'STEP_UP_FOR_RETRY':
      return `${step} ${colours.yellow(`↻ will be retried in ${event.secondsToWait}s: ${firstLine(event.error.message)}`)}`;
    case 'STEP_SKIPPED':
      return `${step} ${colours.yellow('⊘ skipped')}`;
    case 'STEP_ABANDONED':
      return `${step} ${colours.yellow(`⊘ not run: ${whyAbandoned(event.because)}`)}`;
    case 'ASSET_MATERIALIZATION': {
      const asset = event.assetKey === event.stepKey ? '' : ` ${oneLine(event.assetKey)}`;
      return `${step} materialized${asset}${event.partition === null ? '' : ` [${oneLine(event.partition)}]`}`;
    }
    case 'ASSET_CHECK_EVALUATION':
      return `${step} ${verdict(event, colours)}: check ${oneLine(event.checkName)} of ${oneLine(event.assetKey)}`;
    default:
      return event satisfies never;
  }
}

/** Why a step will not run. A run that was cancelled names no steps. */
export function whyAbandoned(because: readonly StepKey[]): string {
  return because.length === 0 ? 'the run was cancelled' : `because of ${because.map(oneLine).join(', ')}`;
}

/** The summary at the end has the others. */
function firstLine(message: string): string {
  return oneLine(message.split('\n', 1)[0] ?? '');
}

/** `✓ passed`, `✗ failed`, `! warned`. */
export function verdict(check: { passed: boolean; severity: 'WARN' | 'ERROR' }, colours: Colours): string {
  if (check.passed) return colours.green('✓ passed');
  return check.severity === 'ERROR' ? colours.red('✗ failed') : colours.yellow('! failed (warning)');
}
