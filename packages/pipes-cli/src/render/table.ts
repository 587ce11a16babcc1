import type { Colours } from '../terminal/colours.ts';
import { displayWidth, fit, more } from './text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

export interface TableStyle {
  readonly width: number;
  readonly colours: Colours;
}

const GAP = 2;
const NARROWEST = 6;

/**
 * Rows under their titles, each line at most `width` columns: the widest columns give way first. Columns that cannot be
 * shown in at least six are left out, and a last line says how many.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string[] {
  const shown = columns.slice(0, Math.max(1, Math.floor((style.width + GAP) / (NARROWEST + GAP))));
  const widths = shrink(naturalWidths(shown, rows), style.width - GAP * (shown.length - 1));
  const line = (cells: readonly string[]): string =>
    shown
      .map((column, index) => fit(cells[index] ?? '', widths[index]!, column.align))
      .join(' '.repeat(GAP))
      .trimEnd();
  const lines = [style.colours.bold(line(shown.map((column) => column.title))), ...rows.map(line)];
  const hidden = columns.length - shown.length;
  return hidden === 0 ? lines : [...lines, style.colours.dim(more(hidden, 'column'))];
}

/** Columns that a table takes when nothing is cut. */
export function naturalWidth(columns: readonly Column[], rows: readonly (readonly string[])[]): number {
  return naturalWidths(columns, rows).reduce((sum, width) => sum + width + GAP, -GAP);
}

function naturalWidths(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map((column, index) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? '')), displayWidth(column.title)),
  );
}

/** Takes from the widest until the sum fits. */
function shrink(natural: readonly number[], available: number): number[] {
  const widths = natural.map((width) => Math.min(width, available));
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  for (; excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= 1) break;
    widths[widest]! -= 1;
  }
  return widths;
}
