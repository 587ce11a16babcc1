import { PipesError } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from '../errors.ts';
import { didYouMean } from './nearest.ts';
import { someOf } from './some-of.ts';

/** The end is exclusive. */
export interface TimeWindow {
  readonly start: Date;
  readonly end: Date;
}

/** Which partitions there are, in order. Indexes count from 0. */
export interface PartitionsDef {
  readonly kind: 'static' | 'time';
  /** Two definitions of one identity have the same partitions. */
  readonly identity: string;
  /** What messages call them: short, however many there are. */
  readonly description: string;
  /** How many there are at that time. */
  count(now: Date): number;
  keyAt(index: number): string;
  /** @returns undefined when there is no such partition, at any time */
  indexOf(key: string): number | undefined;
  /** Undefined where partitions are not windows of time. */
  windowAt(index: number): TimeWindow | undefined;
}

/** Separates the ends of a range of partitions, both inclusive: `2012...2015`. */
export const RANGE = '...';

/** What a run works on: one partition, or several that lie side by side. */
export interface PartitionChoice {
  /** In order, never empty. */
  readonly keys: readonly string[];
  /** From the start of the first to the end of the last. */
  readonly window: TimeWindow | undefined;
}

/** Partitions that are listed. The keys are distinct, and none holds the range separator. */
export function listedPartitions(keys: readonly string[]): PartitionsDef {
  const indexes = new Map(keys.map((key, index) => [key, index]));
  return {
    kind: 'static',
    identity: JSON.stringify(keys),
    description: `the partitions ${someOf(keys)}`,
    count: () => keys.length,
    keyAt: (index) => keys[index] ?? '',
    indexOf: (key) => indexes.get(key),
    windowAt: () => undefined,
  };
}

/**
 * Reads the partition option of a run: a key, or `first...last`.
 *
 * @throws PipesError PIPES_PARTITION_INVALID for a key that is not there, naming what is
 */
export function choosePartitions(partitions: PartitionsDef, text: string, now: Date): PartitionChoice {
  const { first, last } = readRange(partitions, text);
  const from = indexOf(partitions, first, now);
  const to = indexOf(partitions, last, now);
  if (from > to) throw invalid(`The range ${text} is the wrong way round: write ${last}${RANGE}${first}.`);
  const [start, end] = [partitions.windowAt(from)?.start, partitions.windowAt(to)?.end];
  return {
    keys: Array.from({ length: to - from + 1 }, (_, offset) => partitions.keyAt(from + offset)),
    window: start === undefined || end === undefined ? undefined : { start, end },
  };
}

interface Ends {
  readonly first: string;
  readonly last: string;
}

/** Keys may begin and end with dots: of the places where a range can be cut, the first that leaves two keys counts. */
function readRange(partitions: PartitionsDef, text: string): Ends {
  const cuts: Ends[] = [];
  for (let at = text.indexOf(RANGE); at !== -1; at = text.indexOf(RANGE, at + 1)) {
    cuts.push({ first: text.slice(0, at), last: text.slice(at + RANGE.length) });
  }
  const isThere = (key: string): boolean => partitions.indexOf(key) !== undefined;
  const [only = { first: text, last: text }, ...others] = cuts;
  const fitting = cuts.find(({ first, last }) => isThere(first) && isThere(last));
  if (fitting !== undefined) return fitting;
  if (cuts.some(({ first, last }) => first === '' || last === '')) {
    throw invalid(`The range "${text}" lacks an end: write both, first${RANGE}last.`);
  }
  if (others.length > 0) throw invalid(`"${text}" is not a partition: write one key, or first${RANGE}last.`);
  return only;
}

/** `5 partitions, "2012" to "2016"`: for messages that must help with choosing one. */
export function describePartitions(partitions: PartitionsDef, now: Date): string {
  const count = partitions.count(now);
  if (count === 0) return 'no partitions yet';
  const first = partitions.keyAt(0);
  return count === 1
    ? `1 partition, "${first}"`
    : `${count} partitions, "${first}" to "${partitions.keyAt(count - 1)}"`;
}

const MAX_KEYS_FOR_NEAREST = 10_000;

function indexOf(partitions: PartitionsDef, key: string, now: Date): number {
  const index = partitions.indexOf(key);
  const count = partitions.count(now);
  if (index !== undefined && index < count) return index;
  if (index !== undefined)
    throw invalid(`The partition "${key}" is not over yet: ${describePartitions(partitions, now)}.`);
  const some = Array.from({ length: Math.min(count, MAX_KEYS_FOR_NEAREST) }, (_, each) => partitions.keyAt(each));
  const hint = didYouMean(key, some) || '.';
  throw invalid(`There is no partition "${key}"${hint} There are ${describePartitions(partitions, now)}.`);
}

function invalid(message: string): PipesError<RuntimeErrorCode> {
  return new PipesError('PIPES_PARTITION_INVALID', message);
}
