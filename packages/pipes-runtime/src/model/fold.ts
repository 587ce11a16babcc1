import type { PipesException } from 'pipes-external/protocol';
import type {
  AssetCheckEvaluation,
  AssetMaterialization,
  ErrorSource,
  RunEvent,
  RunFailure,
  RunStatusEvent,
} from './event.ts';
import type { StepKey } from './keys.ts';
import { canMove, isTerminal, type RunStatus, statusTold } from './run.ts';

export type StepStatus = 'pending' | 'in-flight' | 'waiting-for-retry' | 'success' | 'failed' | 'skipped' | 'abandoned';

export interface StepSummary {
  readonly stepKey: StepKey;
  readonly status: StepStatus;
  /** The latest attempt, 0 before the first. */
  readonly attempt: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Of the last attempt. */
  readonly durationMs: number | null;
  /** Why the last attempt failed. */
  readonly error: PipesException | null;
  /** Whether it failed by itself or was stopped, where it failed. */
  readonly source: ErrorSource | null;
  /** The steps that failed, where this one was abandoned for them. */
  readonly because: readonly StepKey[];
  /** How many materializations and checks were announced before the run started. */
  readonly planned: number;
}

/** How a run stands, from its events alone. */
export interface RunSummary {
  /** Empty before the first event. */
  readonly runId: string;
  readonly status: RunStatus;
  /** In the order in which they were planned. */
  readonly steps: ReadonlyMap<StepKey, StepSummary>;
  readonly materializations: readonly AssetMaterialization[];
  readonly checks: readonly AssetCheckEvaluation[];
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly failure: RunFailure | null;
  /** The last event that is in it. What is not after that is in it already, and is not taken again. */
  readonly lastStorageId: number;
}

export const emptySummary: RunSummary = {
  runId: '',
  status: 'NOT_STARTED',
  steps: new Map(),
  materializations: [],
  checks: [],
  startedAt: null,
  endedAt: null,
  failure: null,
  lastStorageId: -1,
};

/** The summary after one more event. Copies what it changes: for many events at once use {@link applyEvents}. */
export function applyEvent(summary: RunSummary, event: RunEvent): RunSummary {
  return applyEvents(summary, [event]);
}

/** The summary after more events, in their order. Its cost grows with the summary once, and with the events. */
export function applyEvents(summary: RunSummary, events: Iterable<RunEvent>): RunSummary {
  const draft = draftOf(summary);
  for (const event of events) fold(draft, event);
  return draft;
}

/** A copy of a summary, for {@link fold} to change. */
export function draftOf(summary: RunSummary): SummaryDraft {
  return {
    ...summary,
    steps: new Map(summary.steps),
    materializations: [...summary.materializations],
    checks: [...summary.checks],
  };
}

/** A summary that is being made. */
export interface SummaryDraft {
  runId: string;
  status: RunStatus;
  readonly steps: Map<StepKey, StepSummary>;
  readonly materializations: AssetMaterialization[];
  readonly checks: AssetCheckEvaluation[];
  startedAt: Date | null;
  endedAt: Date | null;
  failure: RunFailure | null;
  lastStorageId: number;
}

/** Adds one event to a draft. */
export function fold(draft: SummaryDraft, event: RunEvent): void {
  if (event.storageId <= draft.lastStorageId) return undefined;
  draft.lastStorageId = event.storageId;
  draft.runId = event.runId;
  switch (event.type) {
    case 'RUN_STARTING':
    case 'RUN_START':
    case 'RUN_SUCCESS':
    case 'RUN_CANCELING':
    case 'RUN_CANCELED':
    case 'RUN_FAILURE':
      return move(draft, event);
    case 'ASSET_MATERIALIZATION':
      draft.materializations.push(event);
      return undefined;
    case 'ASSET_CHECK_EVALUATION':
      draft.checks.push(event);
      return undefined;
    case 'ASSET_MATERIALIZATION_PLANNED':
    case 'ASSET_CHECK_EVALUATION_PLANNED':
      return change(draft, event, { planned: stepOf(draft, event.stepKey).planned + 1 });
    case 'STEP_START':
    case 'STEP_RESTARTED':
      return change(draft, event, started(stepOf(draft, event.stepKey), event));
    case 'STEP_SUCCESS':
      return change(draft, event, { status: 'success', endedAt: event.at, durationMs: event.durationMs });
    case 'STEP_FAILURE': {
      const { error, durationMs, source, at } = event;
      return change(draft, event, { status: 'failed', endedAt: at, durationMs, error, source });
    }
    case 'STEP_UP_FOR_RETRY':
      return change(draft, event, { status: 'waiting-for-retry', error: event.error });
    case 'STEP_SKIPPED':
      return change(draft, event, { status: 'skipped', endedAt: event.at });
    case 'STEP_ABANDONED':
      return change(draft, event, { status: 'abandoned', endedAt: event.at, because: event.because });
    case 'LOG':
    case 'ENGINE_EVENT':
      return undefined;
    default:
      return event satisfies never;
  }
}

function started(step: StepSummary, event: { readonly attempt: number; readonly at: Date }): Partial<StepSummary> {
  const { attempt, at } = event;
  return { status: 'in-flight', attempt, startedAt: step.startedAt ?? at, error: null, durationMs: null };
}

/** Events may be in the log twice, or come from two writers at once: a terminal status stays all the same. */
function move(draft: SummaryDraft, event: RunEvent & (RunStatusEvent | RunFailure)): void {
  const to = statusTold(event.type);
  if (!canMove(draft.status, to)) return;
  draft.status = to;
  if (event.type === 'RUN_FAILURE') draft.failure = event;
  if (to === 'STARTED') draft.startedAt = event.at;
  if (isTerminal(to)) draft.endedAt = event.at;
}

const ENDED: ReadonlySet<StepStatus> = new Set(['success', 'failed', 'skipped', 'abandoned']);

/** What has ended stays as it ended, and an attempt has no say in a later one. */
function change(
  draft: SummaryDraft,
  event: { readonly stepKey: StepKey; readonly attempt?: number },
  changes: Partial<StepSummary>,
): void {
  const step = stepOf(draft, event.stepKey);
  if (ENDED.has(step.status) || (event.attempt ?? step.attempt) < step.attempt) return;
  draft.steps.set(event.stepKey, { ...step, ...changes });
}

function stepOf(draft: SummaryDraft, stepKey: StepKey): StepSummary {
  return (
    draft.steps.get(stepKey) ?? {
      stepKey,
      status: 'pending',
      attempt: 0,
      startedAt: null,
      endedAt: null,
      durationMs: null,
      error: null,
      source: null,
      because: [],
      planned: 0,
    }
  );
}
