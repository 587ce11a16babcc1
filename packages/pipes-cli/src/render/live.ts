import type { RunSummary, StepKey, StepStatus, StepSummary } from 'pipes-runtime';
import type { Colours } from '../terminal/colours.ts';
import { whyAbandoned } from './event-line.ts';
import { displayWidth, fit, oneLine, truncate, truncateStart } from './text.ts';
import { countOf, formatDuration, formatNumber } from './values.ts';

export interface LiveState {
  readonly summary: RunSummary;
  /** When the run was first heard of. */
  readonly since: Date;
  /** What was last said in a step. */
  readonly lines: ReadonlyMap<StepKey, string>;
  /** What the command itself has to say. */
  readonly notice?: string | undefined;
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
  readonly now: Date;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPINNER_MS = 80;
const DURATION_WIDTH = 7;

/** What the live area shows: no line wider than the viewport, and about half its rows at most. The rest is for the logs. */
export function renderLive(state: LiveState, viewport: Viewport): string {
  const steps = [...state.summary.steps.values()];
  const notice = state.notice === undefined ? [] : [renderNotice(state.notice, viewport)];
  const room = heightOfArea(viewport) - 1 - notice.length;
  const { shown, hidden } = chooseSteps(steps, room);
  const keyWidth = widthOfKeys(shown, viewport.width);
  const materialized = countByStep(state.summary.materializations);
  const failedChecks = countByStep(state.summary.checks.filter((check) => !check.passed));
  return [
    renderHeader(state, viewport),
    ...shown.map((step) => {
      const counts = { materialized: materialized.get(step.stepKey), failedChecks: failedChecks.get(step.stepKey) };
      const detail = detailOf(step, counts, state.lines.get(step.stepKey));
      return renderStep(step, detail, keyWidth, viewport);
    }),
    ...(hidden.length > 0 && room > 0 ? [renderFold(hidden, viewport)] : []),
    ...notice,
  ].join('\n');
}

/** At least ten rows, where there are so many beside the one that the cursor needs. */
function heightOfArea({ height }: Viewport): number {
  return Math.min(height - 1, Math.max(10, Math.floor(height / 2)));
}

interface Look {
  /** Those with the lowest are shown first when there is not room for all. */
  readonly urgency: number;
  readonly glyph: string;
  readonly paint: keyof Pick<Colours, 'cyan' | 'yellow' | 'green' | 'red' | 'dim'>;
  readonly counted: string;
}

const LOOKS: Readonly<Record<StepStatus, Look>> = {
  failed: { urgency: 0, glyph: '✗', paint: 'red', counted: 'failed' },
  'in-flight': { urgency: 1, glyph: '', paint: 'cyan', counted: 'running' },
  'waiting-for-retry': { urgency: 1, glyph: '↻', paint: 'yellow', counted: 'to be retried' },
  pending: { urgency: 3, glyph: '·', paint: 'dim', counted: 'waiting' },
  success: { urgency: 2, glyph: '✓', paint: 'green', counted: 'done' },
  skipped: { urgency: 4, glyph: '⊘', paint: 'yellow', counted: 'skipped' },
  abandoned: { urgency: 4, glyph: '⊘', paint: 'yellow', counted: 'abandoned' },
};

const STOPPED: Look = { urgency: 2, glyph: '⊘', paint: 'yellow', counted: 'stopped' };

/** A step that was stopped is no failure. */
function lookOf(step: StepSummary): Look {
  return isStopped(step) ? STOPPED : LOOKS[step.status];
}

function isStopped({ status, source }: StepSummary): boolean {
  return status === 'failed' && source === 'interrupt';
}

/** All in their order when they fit; else failed, running and just ended ones first, and a line less for what is folded. */
function chooseSteps(
  steps: readonly StepSummary[],
  room: number,
): { readonly shown: readonly StepSummary[]; readonly hidden: readonly StepSummary[] } {
  if (steps.length <= room) return { shown: steps, hidden: [] };
  const urgent = steps.toSorted((a, b) => lookOf(a).urgency - lookOf(b).urgency || endOf(b) - endOf(a));
  const count = Math.max(0, room - 1);
  return { shown: urgent.slice(0, count), hidden: urgent.slice(count) };
}

const endOf = (step: StepSummary): number => step.endedAt?.getTime() ?? 0;

function widthOfKeys(steps: readonly StepSummary[], width: number): number {
  const longest = Math.max(0, ...steps.map((step) => displayWidth(oneLine(step.stepKey))));
  return Math.max(1, Math.min(longest, Math.floor(width / 2), width - DURATION_WIDTH - 3));
}

function countByStep(events: readonly { readonly stepKey: StepKey }[]): ReadonlyMap<StepKey, number> {
  const counts = new Map<StepKey, number>();
  for (const { stepKey } of events) counts.set(stepKey, (counts.get(stepKey) ?? 0) + 1);
  return counts;
}

function renderHeader({ summary, since }: LiveState, { width, colours, now }: Viewport): string {
  const steps = [...summary.steps.values()];
  const open = steps.filter(
    ({ status }) => status === 'pending' || status === 'in-flight' || status === 'waiting-for-retry',
  );
  const failed = steps.filter((step) => step.status === 'failed' && !isStopped(step)).length;
  const parts = [
    `Run ${summary.runId.slice(0, 8)}`,
    `${formatNumber(steps.length - open.length)}/${formatNumber(steps.length)} steps`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    formatDuration(now.getTime() - since.getTime()),
  ];
  return colours.bold(truncate(parts.join(' · '), width));
}

function renderStep(step: StepSummary, detail: string, keyWidth: number, viewport: Viewport): string {
  const { colours, width, now } = viewport;
  const look = lookOf(step);
  const glyph =
    step.status === 'in-flight' ? SPINNER[Math.floor(now.getTime() / SPINNER_MS) % SPINNER.length]! : look.glyph;
  const key = fit(truncateStart(oneLine(step.stepKey), keyWidth), keyWidth);
  const duration = fit(durationOf(step, now), DURATION_WIDTH, 'right');
  const rest = truncate(detail, width - keyWidth - DURATION_WIDTH - 5);
  const line = `${colours[look.paint](glyph)} ${look.urgency < 3 ? key : colours.dim(key)} ${duration}`;
  return rest === '' ? line.trimEnd() : `${line}  ${colours.dim(rest)}`;
}

function durationOf(step: StepSummary, now: Date): string {
  if (step.durationMs !== null) return formatDuration(step.durationMs);
  return step.startedAt === null ? '' : formatDuration(now.getTime() - step.startedAt.getTime());
}

interface Counts {
  readonly materialized: number | undefined;
  readonly failedChecks: number | undefined;
}

/** What is wrong with a step, else what it is doing and has done. */
function detailOf(step: StepSummary, { materialized, failedChecks }: Counts, line: string | undefined): string {
  if (step.status === 'abandoned') return whyAbandoned(step.because);
  if (isStopped(step)) return 'stopped';
  if (step.error !== null) return oneLine(step.error.message);
  return [
    ...(failedChecks === undefined ? [] : [`${countOf(failedChecks, 'check')} failed`]),
    ...(materialized === undefined ? [] : [`${formatNumber(materialized)} materialized`]),
    ...(step.status === 'in-flight' && line !== undefined ? [oneLine(line)] : []),
  ].join(' · ');
}

function renderFold(hidden: readonly StepSummary[], { width, colours }: Viewport): string {
  const counts = new Map<string, number>();
  for (const { counted } of hidden.map(lookOf)) counts.set(counted, (counts.get(counted) ?? 0) + 1);
  const words = [...Object.values(LOOKS), STOPPED]
    .filter(({ counted }) => counts.has(counted))
    .map(({ counted }) => `${formatNumber(counts.get(counted) ?? 0)} ${counted}`);
  return colours.dim(truncate(`… ${words.join(', ')}`, width));
}

function renderNotice(notice: string, { width, colours }: Viewport): string {
  return colours.yellow(truncate(oneLine(notice), width));
}
