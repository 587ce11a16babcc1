/** The value below which the share `p` (0 to 1) of the numbers lies. */
export function percentile(numbers: readonly number[], p: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
  if (value === undefined) throw new RangeError('No percentile of no numbers.');
  return value;
}

export const median = (numbers: readonly number[]): number => percentile(numbers, 0.5);

/**
 * Runs variants in turn, in reversed order every other round, so that what else the machine does falls on all alike.
 *
 * @returns the median of each variant's results
 */
export async function interleave<Name extends string>(
  rounds: number,
  variants: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(variants) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) results[name].push(await variants[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(results[name])])) as Record<Name, number>;
}
