import type { AssetMaterialization, RunRecord, RunSummary, StepSummary } from 'pipes-runtime';
import { verdict } from './event-line.ts';
import { renderException } from './exception.ts';
import { renderMetadata } from './metadata.ts';
import type { TableStyle } from './table.ts';
import { indent, more, oneLine } from './text.ts';
import { formatDuration } from './values.ts';

export interface SummaryStyle extends TableStyle {
  /** Paths below it are shown relative to it. */
  readonly cwd: string;
}

const MOST_ASSETS = 40;
const MOST_OF_ONE_ASSET = 4;
const MOST_CHECKS = 60;
const MOST_FAILURES = 10;
const MOST_NOT_RUN = 20;
const MOST_KEYS = 6;

/** What a run did: its assets with their metadata, checks, failures, and in the last line how it ended. */
export function renderSummary(record: RunRecord, summary: RunSummary, style: SummaryStyle): string {
  const sections = [
    ...section('Assets', renderAssets(summary, style), style),
    ...section('Checks', renderChecks(summary, style), style),
    ...section('Failures', renderFailures(summary, style), style),
    ...section('Not run', renderNotRun(summary, style), style),
  ];
  return ['', ...sections, renderVerdict(record, summary, style)].join('\n');
}

function section(title: string, lines: readonly string[], { colours }: SummaryStyle): string[] {
  return lines.length === 0 ? [] : [colours.bold(title), ...indent(lines, 2), ''];
}

/** The lines of the first `limit` items, and of the others how many they are. */
function linesOf<T>(
  items: readonly T[],
  show: { readonly limit: number; readonly noun: string; readonly style: SummaryStyle },
  render: (item: T) => readonly string[],
): string[] {
  const lines = items.slice(0, show.limit).flatMap(render);
  const rest = items.length - show.limit;
  return rest > 0 ? [...lines, show.style.colours.dim(more(rest, show.noun))] : lines;
}

function renderAssets({ materializations }: RunSummary, style: SummaryStyle): string[] {
  const byAsset = new Map<string, AssetMaterialization[]>();
  for (const each of materializations) {
    const known = byAsset.get(each.assetKey);
    if (known === undefined) byAsset.set(each.assetKey, [each]);
    else known.push(each);
  }
  return linesOf([...byAsset.values()], { limit: MOST_ASSETS, noun: 'asset', style }, (each) =>
    renderAsset(each, style),
  );
}

/** Each materialization of an asset with its metadata; of many, the last one speaks for all. */
function renderAsset(materializations: readonly AssetMaterialization[], style: SummaryStyle): string[] {
  const isMany = materializations.length > MOST_OF_ONE_ASSET;
  const shown = isMany ? materializations.slice(-1) : materializations;
  return shown.flatMap((each) => {
    const partitions = (isMany ? materializations : [each]).map(({ partition }) => partition);
    return [
      `${style.colours.green('✓')} ${oneLine(each.assetKey)}${style.colours.cyan(renderPartitions(partitions))}`,
      ...indent(renderMetadata(each.metadata, { ...style, width: style.width - 6 }), 4),
    ];
  });
}

function renderPartitions(partitions: readonly (string | null)[]): string {
  const keys = partitions.filter((key) => key !== null).map(oneLine);
  if (keys.length === 0) return partitions.length > 1 ? `  ${partitions.length} times` : '';
  if (keys.length <= MOST_KEYS) return `  ${keys.join(', ')}`;
  return `  ${keys[0]}, ${keys[1]} … ${keys.at(-1)} (${keys.length.toLocaleString('en-US')} partitions, metadata of the last)`;
}

function renderChecks({ checks }: RunSummary, style: SummaryStyle): string[] {
  return linesOf(checks, { limit: MOST_CHECKS, noun: 'check', style }, (check) => [
    `${verdict(check, style.colours)}  ${oneLine(check.checkName)} ${style.colours.dim(`of ${oneLine(check.assetKey)}`)}`,
    ...indent(renderMetadata(check.metadata, { ...style, width: style.width - 6 }), 4),
  ]);
}

function renderFailures(summary: RunSummary, style: SummaryStyle): string[] {
  const failed = stepsThat(summary, 'failed');
  const lines = linesOf(failed, { limit: MOST_FAILURES, noun: 'failure', style }, (step) => renderFailure(step, style));
  const whole = summary.failure?.error ?? null;
  return whole === null ? lines : [...lines, ...renderException(whole, style)];
}

function renderFailure(step: StepSummary, style: SummaryStyle): string[] {
  const { colours } = style;
  const after = step.durationMs === null ? '' : ` after ${formatDuration(step.durationMs)}`;
  const attempt = step.attempt > 1 ? `, attempt ${step.attempt}` : '';
  return [
    `${colours.red('✗')} ${oneLine(step.stepKey)}${colours.dim(after + attempt)}`,
    ...(step.error === null ? [] : indent(renderException(step.error, style), 4)),
  ];
}

function renderNotRun(summary: RunSummary, style: SummaryStyle): string[] {
  const steps = [...stepsThat(summary, 'abandoned'), ...stepsThat(summary, 'skipped')];
  return linesOf(steps, { limit: MOST_NOT_RUN, noun: 'step', style }, (step) => {
    const why =
      step.status === 'skipped' ? 'an input was not produced' : `because of ${step.because.map(oneLine).join(', ')}`;
    return [`${style.colours.yellow('⊘')} ${oneLine(step.stepKey)}  ${style.colours.dim(why)}`];
  });
}

function stepsThat(summary: RunSummary, status: StepSummary['status']): StepSummary[] {
  return [...summary.steps.values()].filter((step) => step.status === status);
}

function renderVerdict(record: RunRecord, summary: RunSummary, { colours }: SummaryStyle): string {
  const { run, status, startedAt, endedAt, createdAt } = record;
  const took = endedAt === null ? '' : ` in ${formatDuration(endedAt.getTime() - (startedAt ?? createdAt).getTime())}`;
  const failed = stepsThat(summary, 'failed').length;
  const counts = [
    countOf(new Set(summary.materializations.map((each) => each.assetKey)).size, 'asset'),
    countOf(summary.checks.length, 'check'),
    failed > 0 ? `${failed} of ${countOf(summary.steps.size, 'step')} failed` : '',
  ].filter((words) => words !== '' && !words.startsWith('0 '));
  const text = `Run ${run.runId} ${ENDINGS[status] ?? status}${took}${counts.length > 0 ? ` · ${counts.join(', ')}` : ''}`;
  if (status === 'SUCCESS') return colours.bold(colours.green(`✓ ${text}`));
  return colours.bold(status === 'CANCELED' ? colours.yellow(`⊘ ${text}`) : colours.red(`✗ ${text}`));
}

const ENDINGS: Readonly<Partial<Record<RunRecord['status'], string>>> = {
  SUCCESS: 'succeeded',
  FAILURE: 'failed',
  CANCELED: 'was cancelled',
};

function countOf(amount: number, noun: string): string {
  return `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`;
}
