import type { AssetKeyString, AssetCheckKey } from './keys.ts';

export type RunStatus =
  'NOT_STARTED' | 'QUEUED' | 'STARTING' | 'STARTED' | 'CANCELING' | 'SUCCESS' | 'FAILURE' | 'CANCELED';

/** The whole state machine. docs/run-states.md draws it. */
const NEXT: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  NOT_STARTED: ['QUEUED', 'STARTING', 'FAILURE', 'CANCELED'],
  QUEUED: ['STARTING', 'CANCELING', 'FAILURE', 'CANCELED'],
  STARTING: ['STARTED', 'QUEUED', 'CANCELING', 'FAILURE', 'CANCELED'],
  STARTED: ['CANCELING', 'SUCCESS', 'FAILURE', 'CANCELED'],
  CANCELING: ['CANCELED', 'FAILURE', 'SUCCESS'],
  SUCCESS: [],
  FAILURE: [],
  CANCELED: [],
};

/** Whether a run that has come to this status is over: it never leaves it. */
export const isTerminal = (status: RunStatus): boolean => NEXT[status].length === 0;

/** Whether the state machine allows that move. */
export const canMove = (from: RunStatus, to: RunStatus): boolean => NEXT[from].includes(to);

/** The statuses from which a run may move to this one: what a compare-and-set allows. */
export function allowedFrom(to: RunStatus): readonly RunStatus[] {
  return (Object.keys(NEXT) as RunStatus[]).filter((from) => canMove(from, to));
}

/** The status of which each event tells that the run has come to it. */
const STATUS_TOLD = {
  RUN_STARTING: 'STARTING',
  RUN_START: 'STARTED',
  RUN_CANCELING: 'CANCELING',
  RUN_SUCCESS: 'SUCCESS',
  RUN_FAILURE: 'FAILURE',
  RUN_CANCELED: 'CANCELED',
} as const satisfies Readonly<Record<string, RunStatus>>;

/** The types of events that tell of a status. */
export type StatusEventType = keyof typeof STATUS_TOLD;

/** The status that events of a type tell of: undefined for those that tell of none. */
export function statusTold(type: StatusEventType): RunStatus;
export function statusTold(type: string): RunStatus | undefined;
export function statusTold(type: string): RunStatus | undefined {
  return Object.hasOwn(STATUS_TOLD, type) ? STATUS_TOLD[type as StatusEventType] : undefined;
}

/** Whether an event of that type is the last of its run that watchers wait for. */
export function endsRun(type: string): boolean {
  const status = statusTold(type);
  return status !== undefined && isTerminal(status);
}

export type Tags = Readonly<Record<string, string>>;

/** One execution of a selection of assets: what was asked for. What happened is in its events. */
export interface Run {
  readonly runId: string;
  readonly jobName: string;
  readonly tags: Tags;
  /** As the user gave it: JSON. */
  readonly config: unknown;
  readonly assetSelection: readonly AssetKeyString[];
  readonly checkSelection: readonly AssetCheckKey[];
  /** Keys of the partitions of this run, in order. Empty: not partitioned. */
  readonly partitionKeys: readonly string[];
}
