/** From the first to the last number, both included. */
export type NumberRange = readonly [first: number, last: number];

/** Which of one writer's numbers came. Its size does not grow with how many did. */
export interface Numbering {
  /** One more than the highest number that came or was announced. */
  readonly next: number;
  /** Numbers below `next` that did not come, in order. */
  readonly missing: readonly NumberRange[];
  /** How many more did not come: a gap beyond {@link MAX_GAPS} is only counted, and then cannot be filled late. */
  readonly untracked: number;
}

/** How a number came. `ahead`: there is a gap before it. `late`: it fills one. */
export type Arrival = 'in-order' | 'ahead' | 'late' | 'duplicate';

export const NOTHING_CAME: Numbering = { next: 1, missing: [], untracked: 0 };

const MAX_GAPS = 1_000;

/** Takes the next number that came. */
export function takeNumber(numbering: Numbering, number: number): { numbering: Numbering; arrival: Arrival } {
  if (number === numbering.next) return { numbering: { ...numbering, next: number + 1 }, arrival: 'in-order' };
  if (number > numbering.next) {
    return { numbering: { ...expectUpTo(numbering, number - 1), next: number + 1 }, arrival: 'ahead' };
  }
  const missing = numbering.missing.flatMap((range) => without(range, number));
  const isLate =
    missing.length !== numbering.missing.length || missing.some((range, at) => range !== numbering.missing[at]);
  return isLate
    ? { numbering: bounded({ ...numbering, missing }), arrival: 'late' }
    : { numbering, arrival: 'duplicate' };
}

/** The writer says how many it sent: what did not come by now is missing, until it comes. */
export function expectUpTo(numbering: Numbering, last: number): Numbering {
  if (last < numbering.next) return numbering;
  return bounded({ ...numbering, next: last + 1, missing: [...numbering.missing, [numbering.next, last]] });
}

/** A new gap, and a late number amid an old one, each make one more: then the last is only counted. */
function bounded(numbering: Numbering): Numbering {
  const last = numbering.missing[MAX_GAPS];
  if (last === undefined) return numbering;
  return {
    ...numbering,
    missing: numbering.missing.slice(0, MAX_GAPS),
    untracked: numbering.untracked + countOf(last),
  };
}

export function isComplete({ missing, untracked }: Numbering): boolean {
  return missing.length === 0 && untracked === 0;
}

const MAX_NAMED = 20;

/** The missing numbers for people: `3-5, 9`. */
export function describeMissing({ missing, untracked }: Numbering): string {
  const named = missing.slice(0, MAX_NAMED).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  const rest = missing.slice(MAX_NAMED).reduce((count, range) => count + countOf(range), untracked);
  return [...named, ...(rest === 0 ? [] : [`${rest} more`])].join(', ');
}

function without(range: NumberRange, number: number): readonly NumberRange[] {
  const [first, last] = range;
  if (number < first || number > last) return [range];
  const parts: readonly NumberRange[] = [
    [first, number - 1],
    [number + 1, last],
  ];
  return parts.filter((part) => countOf(part) > 0);
}

function countOf([first, last]: NumberRange): number {
  return last - first + 1;
}
