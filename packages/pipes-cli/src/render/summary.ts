import { isDeepStrictEqual } from 'node:util';
import type { Metadata } from 'pipes-external/protocol';
import type { AssetMaterialization, ExecutionResult, RunStatus, RunSummary, StepSummary } from 'pipes-runtime';
import { verdict, whyAbandoned } from './event-line.ts';
import { renderException } from './exception.ts';
import { renderMetadata } from './metadata.ts';
import type { Colours } from '../terminal/colours.ts';
import type { TableStyle } from './table.ts';
import { indent, more, oneLine, wrap } from './text.ts';
import { countOf, formatDuration } from './values.ts';

export interface SummaryStyle extends TableStyle {
  /** Paths below it are shown relative to it. */
  readonly cwd: string;
  /** Show what is known of the process that made something, too: its id, exit code and duration. */
  readonly verbose?: boolean | undefined;
}

const MOST_ASSETS = 40;
const MOST_OF_ONE_ASSET = 4;
const MOST_CHECKS = 60;
const MOST_FAILURES = 10;
const MOST_NOT_DONE = 20;
const MOST_KEYS = 6;

/** How a run ended, and what it left. */
export type RunOutcome = Pick<ExecutionResult, 'record' | 'summary'>;

/** What a run did: its assets with their metadata, checks, failures, and in the last line how it ended. */
export function renderSummary({ record, summary }: RunOutcome, style: SummaryStyle): string {
  const unsuccessful = stepsThat(summary, 'failed');
  const failed = unsuccessful.filter((step) => step.source !== 'interrupt');
  const cancelled = unsuccessful.filter((step) => step.source === 'interrupt');
  const sections = [
    ...section('Assets', renderAssets(summary, style), style),
    ...section('Checks', renderChecks(summary, style), style),
    ...section('Failures', renderFailures(failed, summary, style), style),
    ...section('Not done', renderNotDone(cancelled, summary, style), style),
  ];
  return ['', ...sections, renderVerdict({ record, summary, failed: failed.length }, style)].join('\n');
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

function renderAssets({ materializations, steps }: RunSummary, style: SummaryStyle): string[] {
  const byAsset = new Map<string, AssetMaterialization[]>();
  for (const each of materializations) {
    const known = byAsset.get(each.assetKey);
    if (known === undefined) byAsset.set(each.assetKey, [each]);
    else known.push(each);
  }
  return linesOf([...byAsset.values()], { limit: MOST_ASSETS, noun: 'asset', style }, (each) => {
    const isOfFailed = each.some(({ stepKey }) => steps.get(stepKey)?.status === 'failed');
    return renderAsset(each, isOfFailed, style);
  });
}

/** Each materialization of an asset with its metadata, those alike in one; of many, the last speaks for all. */
function renderAsset(
  materializations: readonly AssetMaterialization[],
  isOfFailed: boolean,
  style: SummaryStyle,
): string[] {
  const { colours } = style;
  const mark = isOfFailed ? colours.yellow('!') : colours.green('✓');
  const groups = groupAlike(
    materializations.map((each) => ({ ...each, metadata: shownMetadata(each.metadata, style) })),
  );
  const isMany = groups.length > MOST_OF_ONE_ASSET;
  return (isMany ? groups.slice(-1) : groups).flatMap((group) => {
    const partitions = (isMany ? materializations : group).map(({ partition }) => partition);
    const [{ assetKey, metadata, dataVersion }] = group;
    const remarks = [
      dataVersion === null ? '' : colours.dim(`  data version ${shortVersion(dataVersion)}`),
      isOfFailed ? colours.yellow('  its step did not succeed') : '',
      isMany ? colours.dim('  metadata of the last') : '',
    ].join('');
    return [
      `${mark} ${oneLine(assetKey)}${colours.cyan(renderPartitions(partitions))}${remarks}`,
      ...indent(renderMetadata(metadata, { ...style, width: style.width - 6 }), 4),
    ];
  });
}

const OF_PROCESS: ReadonlySet<string> = new Set(
  ['pid', 'exit_code', 'duration_ms'].map((name) => `subprocess/${name}`),
);

/** What the clients add about a process says little of the asset: it stays in the events. */
function shownMetadata(metadata: Metadata, { verbose = false }: SummaryStyle): Metadata {
  return verbose ? metadata : Object.fromEntries(Object.entries(metadata).filter(([name]) => !OF_PROCESS.has(name)));
}

type Group = [AssetMaterialization, ...AssetMaterialization[]];

/** One process often makes a range of partitions, and says the same of each. */
function groupAlike(materializations: readonly AssetMaterialization[]): readonly Group[] {
  const groups: Group[] = [];
  for (const each of materializations) {
    const group = groups.at(-1);
    if (group !== undefined && isAlike(group[0], each)) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

function isAlike(a: AssetMaterialization, b: AssetMaterialization): boolean {
  return a.dataVersion === b.dataVersion && isDeepStrictEqual(a.metadata, b.metadata);
}

/** Long ones are hashes, and told apart by how they begin. */
function shortVersion(version: string): string {
  const text = oneLine(version);
  return text.length > 20 ? `${text.slice(0, 12)}…` : text;
}

/** `  2012, 2013 … 2020 (9 partitions)` */
function renderPartitions(partitions: readonly (string | null)[]): string {
  const keys = partitions.filter((key) => key !== null).map(oneLine);
  if (keys.length === 0) return partitions.length > 1 ? `  ${countOf(partitions.length, 'time')}` : '';
  if (keys.length <= MOST_KEYS) return `  ${keys.join(', ')}`;
  return `  ${keys[0]}, ${keys[1]} … ${keys.at(-1)} (${countOf(keys.length, 'partition')})`;
}

function renderChecks({ checks }: RunSummary, style: SummaryStyle): string[] {
  return linesOf(checks, { limit: MOST_CHECKS, noun: 'check', style }, (check) => [
    `${verdict(check, style.colours)}  ${oneLine(check.checkName)} ${style.colours.dim(`of ${oneLine(check.assetKey)}`)}`,
    ...indent(renderMetadata(shownMetadata(check.metadata, style), { ...style, width: style.width - 6 }), 4),
  ]);
}

function renderFailures(failed: readonly StepSummary[], summary: RunSummary, style: SummaryStyle): string[] {
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

/** Steps that were stopped, and those that were not begun, with why. */
function renderNotDone(cancelled: readonly StepSummary[], summary: RunSummary, style: SummaryStyle): string[] {
  const steps = [...cancelled, ...stepsThat(summary, 'abandoned'), ...stepsThat(summary, 'skipped')];
  return linesOf(steps, { limit: MOST_NOT_DONE, noun: 'step', style }, (step) => [
    `${style.colours.yellow('⊘')} ${oneLine(step.stepKey)}  ${style.colours.dim(whyNotDone(step))}`,
  ]);
}

function whyNotDone(step: StepSummary): string {
  if (step.status === 'skipped') return 'an input was not produced';
  if (step.status === 'abandoned') return whyAbandoned(step.because);
  return `stopped after ${formatDuration(step.durationMs ?? 0)}`;
}

function stepsThat(summary: RunSummary, status: StepSummary['status']): StepSummary[] {
  return [...summary.steps.values()].filter((step) => step.status === status);
}

function renderVerdict(outcome: RunOutcome & { readonly failed: number }, { colours, width }: SummaryStyle): string {
  const { record, summary, failed } = outcome;
  const { run, status, startedAt, endedAt, createdAt } = record;
  const took = endedAt === null ? '' : ` in ${formatDuration(endedAt.getTime() - (startedAt ?? createdAt).getTime())}`;
  const counts = [
    countOf(new Set(summary.materializations.map((each) => each.assetKey)).size, 'asset'),
    countChecks(summary, colours),
    failed > 0 ? `${failed} of ${countOf(summary.steps.size, 'step')} failed` : '',
  ].filter((words) => words !== '' && !words.startsWith('0 '));
  const { mark, words, paint } = endingOf(status, colours);
  const text = [`${mark} Run ${run.runId} ${words}${took}`, ...(counts.length > 0 ? [counts.join(', ')] : [])].join(
    ' · ',
  );
  return wrap(text, width)
    .map((line) => colours.bold(paint(line)))
    .join('\n');
}

/** A run succeeds whatever its checks say: those that failed must not drown in the green of its last line. */
function countChecks({ checks }: RunSummary, colours: Colours): string {
  const failed = checks.filter((check) => !check.passed);
  const all = countOf(checks.length, 'check');
  if (failed.length === 0) return all;
  const paint = failed.some((check) => check.severity === 'ERROR') ? colours.red : colours.yellow;
  // Word by word: the line may be broken at any space.
  return `${failed.length} of ${all} failed`.split(' ').map(paint).join(' ');
}

interface Ending {
  readonly mark: string;
  readonly words: string;
  readonly paint: (text: string) => string;
}

function endingOf(status: RunStatus, colours: Colours): Ending {
  if (status === 'SUCCESS') return { mark: '✓', words: 'succeeded', paint: colours.green };
  if (status === 'CANCELED') return { mark: '⊘', words: 'was cancelled', paint: colours.yellow };
  return { mark: '✗', words: 'failed', paint: colours.red };
}
