import type { AssetKeyString, AssetCheckKey } from './keys.ts';

export type RunStatus =
  'NOT_STARTED' | 'QUEUED' | 'STARTING' | 'STARTED' | 'CANCELING' | 'SUCCESS' | 'FAILURE' | 'CANCELED';

/** The whole state machine. The diagram in docs/run-states.md is drawn from this table. */
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

export const isTerminal = (status: RunStatus): boolean => NEXT[status].length === 0;
export const canMove = (from: RunStatus, to: RunStatus): boolean => NEXT[from].includes(to);

/** The statuses from which a run may move to this one: what a compare-and-set allows. */
export function allowedFrom(to: RunStatus): readonly RunStatus[] {
  return (Object.keys(NEXT) as RunStatus[]).filter((from) => canMove(from, to));
}

export type Tags = Readonly<Record<string, string>>;

/** One execution of a selection of assets: what was asked for. What happened is in its events. */
export interface Run {
  readonly runId: string;
  readonly jobName: string;
  readonly tags: Tags;
  /** As the user gave it. */
  readonly config: unknown;
  readonly assetSelection: readonly AssetKeyString[];
  readonly checkSelection: readonly AssetCheckKey[];
  /** Keys of the partitions of this run, in order. Empty: not partitioned. */
  readonly partitionKeys: readonly string[];
}
