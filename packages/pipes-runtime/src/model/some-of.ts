const MOST_SHOWN = 5;

/** Names as a message shows them: `"a", "b"`; of very many the first few, the last, and how many there are. */
export function someOf(names: readonly string[]): string {
  if (names.length <= MOST_SHOWN + 1) return quoted(names);
  return `${quoted(names.slice(0, MOST_SHOWN))} … ${quoted(names.slice(-1))} (${names.length} in all)`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}
