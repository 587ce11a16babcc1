/** One measured figure and the limit it is held against. */
export interface Measurement {
  readonly figure: string;
  /** What it is compared with in the same run. */
  readonly against: string;
  readonly value: number;
  readonly unit: 'ratio' | 'ms' | 'MB';
  readonly goal: { readonly atLeast: number } | { readonly atMost: number };
  /** The absolute numbers behind it, for who wants to know; they depend on the machine. */
  readonly behind: string;
}

/** Something to measure. Runs alone, may take seconds, cleans up after itself. */
export interface Figure {
  readonly name: string;
  measure(): Promise<readonly Measurement[]>;
}

export function isMet({ value, goal }: Measurement): boolean {
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}
