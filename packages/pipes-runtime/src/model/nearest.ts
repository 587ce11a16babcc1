const MAX_SUGGESTIONS = 3;
const MAX_DISTANCE = 3;

/** The names most like a mistyped one, nearest first: none that would be a wild guess. */
export function nearest(name: string, candidates: Iterable<string>): readonly string[] {
  const bound = Math.min(MAX_DISTANCE, Math.ceil(name.length / 3));
  return Array.from(candidates, (candidate) => ({ candidate, distance: distance(name, candidate, bound) }))
    .filter((each) => each.distance <= bound)
    .toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MAX_SUGGESTIONS)
    .map((each) => each.candidate);
}

/** `: did you mean "a" or "b"?`, or nothing when no name is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const names = nearest(name, candidates).map((each) => JSON.stringify(each));
  return names.length === 0 ? '' : `: did you mean ${names.join(' or ')}?`;
}

/**
 * How many letters are wrong, missing, too many or swapped with the next, whatever their case. Gives up above the bound, so
 * that many candidates stay cheap.
 */
function distance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) > bound) return bound + 1;
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= right.length; j += 1) {
      const isSame = left[i - 1] === right[j - 1];
      const isSwapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const replaced = (row[j - 1] ?? 0) + (isSame ? 0 : 1);
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      const cost = Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      next.push(cost);
      least = Math.min(least, cost);
    }
    if (least > bound) return bound + 1;
    [before, row] = [row, next];
  }
  return row[right.length] ?? 0;
}
