/** The parts of a format, with their width and what they stand for. */
const TOKENS = {
  yyyy: { width: 4, read: (time: Date) => time.getUTCFullYear() },
  MM: { width: 2, read: (time: Date) => time.getUTCMonth() + 1 },
  dd: { width: 2, read: (time: Date) => time.getUTCDate() },
  HH: { width: 2, read: (time: Date) => time.getUTCHours() },
} as const;
type Token = keyof typeof TOKENS;

const TOKEN = /yyyy|MM|dd|HH/g;

/** Which tokens a format has, each once: `yyyy-MM` has `['yyyy', 'MM']`. */
export function tokensOf(format: string): readonly Token[] {
  return [...new Set(Array.from(format.matchAll(TOKEN), ([token]) => token as Token))];
}

/** A time in UTC as text: `yyyy`, `MM`, `dd` and `HH` are replaced, the rest stays. */
export function formatTime(time: Date, format: string): string {
  return format.replaceAll(TOKEN, (token) => {
    const { width, read } = TOKENS[token as Token];
    return String(read(time)).padStart(width, '0');
  });
}

/** The time that {@link formatTime} writes so, or undefined when none is. */
export function parseTime(text: string, format: string): Date | undefined {
  const tokens = Array.from(format.matchAll(TOKEN), ([token]) => token as Token);
  const pattern = format
    .split(TOKEN)
    .map((literal) => literal.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .reduce((sofar, literal, index) => `${sofar}(\\d{${TOKENS[tokens[index - 1] ?? 'MM'].width}})${literal}`);
  const match = new RegExp(`^${pattern}$`).exec(text);
  if (match === null) return undefined;
  const read = (token: Token, missing: number): number => {
    const index = tokens.indexOf(token);
    return index === -1 ? missing : Number(match[index + 1]);
  };
  const time = new Date(0);
  time.setUTCFullYear(read('yyyy', 1970), read('MM', 1) - 1, read('dd', 1));
  time.setUTCHours(read('HH', 0));
  // A day like February 30 rolls over: what does not come out as it went in is no such time.
  return formatTime(time, format) === text ? time : undefined;
}
