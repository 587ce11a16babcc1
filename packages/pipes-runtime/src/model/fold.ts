import type { PipesException } from 'pipes-external/protocol';
import type { AssetCheckEvaluation, AssetMaterialization, RunEvent, RunFailure } from './event.ts';
import type { StepKey } from './keys.ts';
import { canMove, isTerminal, type RunStatus } from './run.ts';

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
};

/** The summary after one more event. Copies what it changes: for many events at once use {@link applyEvents}. */
export function applyEvent(summary: RunSummary, event: RunEvent): RunSummary {
  return applyEvents(summary, [event]);
}

/** The summary after more events, in their order. Its cost grows with the summary once, and with the events. */
export function applyEvents(summary: RunSummary, events: Iterable<RunEvent>): RunSummary {
  const draft: Draft = {
    ...summary,
    steps: new Map(summary.steps),
    materializations: [...summary.materializations],
    checks: [...summary.checks],
  };
  for (const event of events) fold(draft, event);
  return draft;
}

interface Draft {
  runId: string;
  status: RunStatus;
  readonly steps: Map<StepKey, StepSummary>;
  readonly materializations: AssetMaterialization[];
  readonly checks: AssetCheckEvaluation[];
  startedAt: Date | null;
  endedAt: Date | null;
  failure: RunFailure | null;
}

function fold(draft: Draft, event: RunEvent): void {
  draft.runId = event.runId;
  switch (event.type) {
    case 'RUN_STARTING':
      return move(draft, 'STARTING', event.at);
    case 'RUN_START':
      return move(draft, 'STARTED', event.at);
    case 'RUN_SUCCESS':
      return move(draft, 'SUCCESS', event.at);
    case 'RUN_CANCELING':
      return move(draft, 'CANCELING', event.at);
    case 'RUN_CANCELED':
      return move(draft, 'CANCELED', event.at);
    case 'RUN_FAILURE':
      if (canMove(draft.status, 'FAILURE')) draft.failure = event;
      return move(draft, 'FAILURE', event.at);
    case 'ASSET_MATERIALIZATION':
      draft.materializations.push(event);
      return undefined;
    case 'ASSET_CHECK_EVALUATION':
      draft.checks.push(event);
      return undefined;
    case 'ASSET_MATERIALIZATION_PLANNED':
    case 'ASSET_CHECK_EVALUATION_PLANNED':
      return change(draft, event.stepKey, { planned: stepOf(draft, event.stepKey).planned + 1 });
    case 'STEP_START':
    case 'STEP_RESTARTED':
      return change(draft, event.stepKey, started(stepOf(draft, event.stepKey), event));
    case 'STEP_SUCCESS':
      return change(draft, event.stepKey, { status: 'success', endedAt: event.at, durationMs: event.durationMs });
    case 'STEP_FAILURE': {
      const { error, durationMs, at } = event;
      return change(draft, event.stepKey, { status: 'failed', endedAt: at, durationMs, error });
    }
    case 'STEP_UP_FOR_RETRY':
      return change(draft, event.stepKey, { status: 'waiting-for-retry', error: event.error });
    case 'STEP_SKIPPED':
      return change(draft, event.stepKey, { status: 'skipped', endedAt: event.at });
    case 'STEP_ABANDONED':
      return change(draft, event.stepKey, { status: 'abandoned', endedAt: event.at, because: event.because });
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
function move(draft: Draft, to: RunStatus, at: Date): void {
  if (!canMove(draft.status, to)) return;
  draft.status = to;
  if (to === 'STARTED') draft.startedAt = at;
  if (isTerminal(to)) draft.endedAt = at;
}

function change(draft: Draft, stepKey: StepKey, changes: Partial<StepSummary>): void {
  draft.steps.set(stepKey, { ...stepOf(draft, stepKey), ...changes });
}

function stepOf(draft: Draft, stepKey: StepKey): StepSummary {
  return (
    draft.steps.get(stepKey) ?? {
      stepKey,
      status: 'pending',
      attempt: 0,
      startedAt: null,
      endedAt: null,
      durationMs: null,
      error: null,
      because: [],
      planned: 0,
    }
  );
}
