const readable = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 15 });

/** A number with separators: `1,461`, `0.25`, `NaN`. Integers are exact. */
export function formatNumber(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return value.toLocaleString('en-US');
  const isPlain = Math.abs(value) >= 1e-6 && Math.abs(value) < 1e15;
  return isPlain ? readable.format(value) : String(value);
}

/** `1 step`, `1,461 steps` */
export function countOf(amount: number, noun: string): string {
  return `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`;
}

/** `240ms`, `1.2s`, `3m 05s`, `2h 07m`: at most seven characters up to four days. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

/** Local time as ISO with its offset: `2015-01-01T01:00:00+01:00`. */
export function formatTimestamp(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().replace(/(\.000)?Z$/, '');
  const sign = offset < 0 ? '-' : '+';
  return `${local}${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
}

/** Local time of day, for a log line: `14:03:22.114`. */
export function formatClock(date: Date): string {
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${millis}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
