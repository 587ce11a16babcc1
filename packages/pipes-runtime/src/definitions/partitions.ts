import { PipesError } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from '../errors.ts';
import { listedPartitions, type PartitionsDef, RANGE } from '../model/partitions.ts';
import { parseTime, tokensOf } from '../model/time-format.ts';
import { DEFAULT_FORMAT, isStartOfUnit, type TimeUnit, windowedPartitions } from '../model/time-partitions.ts';

export interface TimePartitionsOptions {
  readonly every: TimeUnit;
  /** The begin of the first partition: `2012`, `2012-01`, `2012-01-31`, `2012-01-31T05` or ISO-8601 in UTC. */
  readonly start: string;
  /** Where the last partition ends, exclusive, spelled as the start. @default every partition that is over */
  readonly end?: string | undefined;
  /** Windows lie in UTC; other zones are not there yet. @default 'UTC' */
  readonly timeZone?: 'UTC' | undefined;
  /** How keys look: `yyyy`, `MM`, `dd` and `HH` stand for parts of the begin. @default as short as the unit allows */
  readonly format?: string | undefined;
}

/**
 * Partitions that are listed, in that order.
 *
 * @throws PipesError PIPES_DEFINITION_INVALID for none, an empty key, a key twice, or one with the `...` of ranges in it
 */
export function staticPartitions(keys: readonly string[]): PartitionsDef {
  const wrong = keys.find((key) => key.trim() !== key || key === '' || key.includes(RANGE));
  const seen = new Set<string>();
  const twice = keys.find((key) => seen.size === seen.add(key).size);
  if (keys.length === 0) throw invalid('staticPartitions needs at least one key.');
  if (wrong !== undefined) {
    const what = `is empty, begins or ends with a space, or holds the "${RANGE}" of ranges`;
    throw invalid(`staticPartitions got the key ${JSON.stringify(wrong)}, which ${what}.`);
  }
  if (twice !== undefined) throw invalid(`staticPartitions got the key ${JSON.stringify(twice)} twice.`);
  return listedPartitions([...keys]);
}

/**
 * Partitions that are windows of time in UTC, one after the other. A week begins on the weekday of the start.
 *
 * @throws PipesError PIPES_DEFINITION_INVALID for a time zone other than UTC, a start or end that no window begins at, or a
 * format that would give two windows one key
 */
export function timePartitions(options: TimePartitionsOptions): PartitionsDef {
  const { every, format = DEFAULT_FORMAT[every], timeZone = 'UTC' } = options;
  const units = Object.keys(DEFAULT_FORMAT).join(', ');
  if (every === undefined) throw invalid(`timePartitions needs "every", the unit of its windows: one of ${units}.`);
  if (!Object.hasOwn(DEFAULT_FORMAT, every)) throw invalid(`timePartitions has no unit "${every}": use ${units}.`);
  if (options.start === undefined) throw invalid('timePartitions needs "start", the begin of its first window.');
  if (timeZone !== 'UTC') throw invalid(`timePartitions knows only the time zone "UTC", not "${String(timeZone)}".`);
  checkFormat(every, format);
  const start = readTime('start', options.start, every);
  const end = options.end === undefined ? undefined : readTime('end', options.end, every);
  if (end !== undefined && end <= start) {
    throw invalid(`timePartitions from "${options.start}" to "${options.end}" are none: the end must come later.`);
  }
  return windowedPartitions({ every, start, end, format });
}

function checkFormat(every: TimeUnit, format: string): void {
  const missing = tokensOf(DEFAULT_FORMAT[every]).filter((token) => !tokensOf(format).includes(token));
  if (missing.length === 0 && !format.includes(RANGE)) return;
  const why = missing.length > 0 ? `lacks ${missing.join(', ')}: two partitions would share a key` : `holds "${RANGE}"`;
  throw invalid(`The format "${format}" of timePartitions for every ${every} ${why}.`);
}

const SPELLINGS = ['yyyy', 'yyyy-MM', 'yyyy-MM-dd', 'yyyy-MM-ddTHH'];
const REST_OF_ISO = /:00(:00(\.0+)?)?Z?$|(?<=T\d\d)Z$/;

function readTime(option: 'start' | 'end', text: string, every: TimeUnit): Date {
  const short = text.replace(REST_OF_ISO, '');
  const time = SPELLINGS.map((spelling) => parseTime(short, spelling)).find((each) => each !== undefined);
  if (time === undefined) {
    throw invalid(
      `timePartitions cannot read the ${option} "${text}": write it as 2012, 2012-01, 2012-01-31 or 2012-01-31T05.`,
    );
  }
  if (!isStartOfUnit(time, every)) {
    throw invalid(`timePartitions for every ${every} cannot ${option} at "${text}": no ${every} begins then.`);
  }
  return time;
}

function invalid(message: string): PipesError<RuntimeErrorCode> {
  return new PipesError('PIPES_DEFINITION_INVALID', message);
}
