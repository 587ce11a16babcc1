import type { AssetDescription } from 'pipes-runtime';
import { arrangeAssets, type AssetRow } from './asset-tree.ts';
import { renderTable, type TableStyle } from './table.ts';
import { indent, oneLine, truncate } from './text.ts';

/** Narrower than this, a table says nothing: each asset gets a paragraph. */
const NARROWEST_TABLE = 60;

/** The assets of a project: what depends on what, their kinds, partitions, checks and descriptions. */
export function renderAssets(assets: readonly AssetDescription[], style: TableStyle): string {
  if (assets.length === 0) return 'This project has no assets.';
  const rows = arrangeAssets(assets);
  const lines =
    style.width < NARROWEST_TABLE ? rows.flatMap((row) => renderParagraph(row, style)) : renderRows(rows, style);
  return lines.join('\n');
}

interface Facet {
  readonly title: string;
  readonly of: (row: AssetRow) => string;
}

const FACETS: readonly Facet[] = [
  { title: 'kind', of: ({ asset }) => (asset.kind === 'asset' ? 'asset' : `${asset.kind} ${oneLine(asset.step)}`) },
  { title: 'also depends on', of: ({ otherDeps }) => otherDeps.map(oneLine).join(', ') },
  { title: 'partitions', of: ({ asset }) => describePartitions(asset.partitions) },
  { title: 'checks', of: ({ asset }) => asset.checks.map(oneLine).join(', ') },
];

function renderRows(rows: readonly AssetRow[], style: TableStyle): string[] {
  const facets = FACETS.filter((facet) => rows.some((row) => facet.of(row) !== ''));
  const cells = rows.map((row) => [row.branch + oneLine(row.asset.key), ...facets.map((facet) => facet.of(row))]);
  const columns = [{ title: 'asset' }, ...facets.map(({ title }) => ({ title }))];
  const [titles = '', ...lines] = renderTable(columns, cells, style);
  return [titles, ...lines.flatMap((line, index) => [line, ...renderDescription(rows[index], style)])];
}

function renderParagraph(row: AssetRow, style: TableStyle): string[] {
  const facts = FACETS.map((facet) => [facet.title, facet.of(row)] as const).filter(([, text]) => text !== '');
  return [
    truncate(row.branch + oneLine(row.asset.key), style.width),
    ...renderDescription(row, style),
    ...indent(
      facts.map(([title, text]) => truncate(`${title}: ${text}`, style.width - 4)),
      4,
    ),
  ];
}

function renderDescription(row: AssetRow | undefined, { width, colours }: TableStyle): string[] {
  const description = oneLine(row?.asset.description ?? '');
  if (row === undefined || description === '') return [];
  return [row.trunk + colours.dim(truncate(`  ${description}`, width - row.trunk.length))];
}

/** `year: 4 keys, 2012 … 2015` */
function describePartitions(partitions: AssetDescription['partitions']): string {
  if (partitions === null || partitions === undefined) return '';
  const { kind, count, first, last } = partitions;
  const keys = `${count.toLocaleString('en-US')} ${count === 1 ? 'key' : 'keys'}`;
  const span = count > 1 ? `, ${first} … ${last}` : count === 1 ? `, ${first}` : '';
  return oneLine(`${kind}: ${keys}${span}`);
}
