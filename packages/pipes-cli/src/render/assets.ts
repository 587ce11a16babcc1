import type { AssetDescription } from 'pipes-runtime';
import { arrangeAssets, type AssetRow } from './asset-tree.ts';
import { naturalWidth, renderTable, type TableStyle } from './table.ts';
import { oneLine, wrap } from './text.ts';
import { countOf } from './values.ts';

/**
 * The assets of a project: what depends on what, their kinds, partitions, checks and descriptions. A table where that fits
 * without cutting, else a paragraph each.
 */
export function renderAssets(assets: readonly AssetDescription[], style: TableStyle): string {
  if (assets.length === 0) return 'This project has no assets.';
  const rows = arrangeAssets(assets);
  return (renderAsTable(rows, style) ?? rows.flatMap((row) => renderParagraph(row, style))).join('\n');
}

interface Facet {
  readonly title: string;
  readonly of: (row: AssetRow) => string;
}

const FACETS: readonly Facet[] = [
  { title: 'kind', of: ({ asset }) => (asset.kind === 'asset' ? 'asset' : `${asset.kind} ${oneLine(asset.stepKey)}`) },
  { title: 'also depends on', of: ({ otherDeps }) => otherDeps.map(oneLine).join(', ') },
  { title: 'partitions', of: ({ asset }) => describePartitions(asset.partitions) },
  { title: 'checks', of: ({ asset }) => asset.checks.map((check) => oneLine(check.checkName)).join(', ') },
];

function renderAsTable(rows: readonly AssetRow[], style: TableStyle): string[] | undefined {
  const facets = FACETS.filter((facet) => rows.some((row) => facet.of(row) !== ''));
  const cells = rows.map((row) => [row.branch + oneLine(row.asset.key), ...facets.map((facet) => facet.of(row))]);
  const columns = [{ title: 'asset' }, ...facets.map(({ title }) => ({ title }))];
  if (naturalWidth(columns, cells) > style.width) return undefined;
  const [titles = '', ...lines] = renderTable(columns, cells, style);
  return [titles, ...rows.flatMap((row, index) => [lines[index] ?? '', ...renderDescription(row, style)])];
}

function renderParagraph(row: AssetRow, style: TableStyle): string[] {
  const [kind, ...facets] = FACETS.map((facet) => [facet.title, facet.of(row)] as const);
  const facts = facets.filter(([, text]) => text !== '').map(([title, text]) => `${title}: ${text}`);
  return [
    `${row.branch}${oneLine(row.asset.key)}  ${style.colours.dim(kind?.[1] ?? '')}`,
    ...renderDescription(row, style),
    ...facts.flatMap((fact) => under(row, fact, style)),
  ];
}

function renderDescription(row: AssetRow, style: TableStyle): string[] {
  const description = oneLine(row.asset.description ?? '');
  if (description === '') return [];
  return under(row, description, style, style.colours.dim);
}

function under(
  { trunk }: AssetRow,
  text: string,
  { width }: TableStyle,
  paint: (text: string) => string = String,
): string[] {
  return wrap(text, Math.max(20, width - trunk.length - 2)).map((line) => `${trunk}  ${paint(line)}`);
}

/** `4 keys, 2012 … 2015` */
function describePartitions(partitions: AssetDescription['partitions']): string {
  if (partitions === undefined) return '';
  const { count, first, last } = partitions;
  const span = count > 1 ? `, ${first} … ${last}` : count === 1 ? `, ${first}` : '';
  return oneLine(`${countOf(count, 'key')}${span}`);
}
