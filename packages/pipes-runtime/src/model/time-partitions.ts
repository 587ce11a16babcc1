import type { PartitionsDef, TimeWindow } from './partitions.ts';
import { formatTime, parseTime } from './time-format.ts';

export type TimeUnit = 'hour' | 'day' | 'week' | 'month' | 'year';

export interface TimePartitionsSpec {
  readonly every: TimeUnit;
  /** The begin of the first window. */
  readonly start: Date;
  /** No window ends after it. Undefined: as many as are over. */
  readonly end: Date | undefined;
  readonly format: string;
}

const HOUR = 3_600_000;
const FIXED_LENGTH: Readonly<Record<'hour' | 'day' | 'week', number>> = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 168 * HOUR,
};

/** How keys look that are not told otherwise. */
export const DEFAULT_FORMAT: Readonly<Record<TimeUnit, string>> = {
  hour: 'yyyy-MM-ddTHH',
  day: 'yyyy-MM-dd',
  week: 'yyyy-MM-dd',
  month: 'yyyy-MM',
  year: 'yyyy',
};

/** Windows of time in UTC, one after the other from the start. A week begins on the weekday of the start. */
export function windowedPartitions(spec: TimePartitionsSpec): PartitionsDef {
  const { every, start, end, format } = spec;
  const startOf = (index: number): Date => addUnits(start, every, index);
  const windowAt = (index: number): TimeWindow => ({ start: startOf(index), end: startOf(index + 1) });
  const until = end === undefined ? '' : ` to ${end.toISOString()}`;
  const description = `every ${every} from ${start.toISOString()}${until} as ${format}`;
  return {
    kind: 'time',
    identity: description,
    description,
    count: (now) => Math.max(0, unitsUntil(spec, end ?? now)),
    keyAt: (index) => formatTime(startOf(index), format),
    indexOf: (key) => {
      const time = parseTime(key, format);
      if (time === undefined) return undefined;
      const index = unitsUntil(spec, time);
      const isStart = startOf(index).getTime() === time.getTime();
      const isBeforeEnd = end === undefined || index < unitsUntil(spec, end);
      return index >= 0 && isStart && isBeforeEnd ? index : undefined;
    },
    windowAt,
  };
}

/** Whether a window of that unit can begin then. */
export function isStartOfUnit(time: Date, every: TimeUnit): boolean {
  const text = time.toISOString();
  const rest: Readonly<Record<TimeUnit, string>> = {
    hour: ':00:00.000Z',
    day: 'T00:00:00.000Z',
    week: 'T00:00:00.000Z',
    month: '-01T00:00:00.000Z',
    year: '-01-01T00:00:00.000Z',
  };
  return text.endsWith(rest[every]);
}

function addUnits(start: Date, every: TimeUnit, count: number): Date {
  if (every === 'month') return utc(start.getUTCFullYear(), start.getUTCMonth() + count);
  if (every === 'year') return utc(start.getUTCFullYear() + count, start.getUTCMonth());
  return new Date(start.getTime() + FIXED_LENGTH[every] * count);
}

/** How many whole windows lie between the start and that time. */
function unitsUntil({ every, start }: TimePartitionsSpec, time: Date): number {
  const years = time.getUTCFullYear() - start.getUTCFullYear();
  if (every === 'year') return years;
  if (every === 'month') return years * 12 + time.getUTCMonth() - start.getUTCMonth();
  return Math.floor((time.getTime() - start.getTime()) / FIXED_LENGTH[every]);
}

/** The first of a month. Date.UTC would take the years 0 to 99 for 1900 to 1999. */
function utc(year: number, month: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date;
}
