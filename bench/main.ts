// npm run bench [-- NAME… --json --write]: measures, prints a table, and with --write puts it into docs/benchmarks.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Figure, isMet, type Measurement } from './figure.ts';
import { fileChannel, manyAssets, stdioChannel } from './figures/external-writers.ts';
import { memory } from './figures/memory.ts';
import { closing, latency, reader } from './figures/orchestrator.ts';
import { inProcessStep } from './figures/runtime.ts';

const FIGURES: readonly Figure[] = [
  fileChannel,
  stdioChannel,
  manyAssets,
  reader,
  latency,
  closing,
  memory,
  inProcessStep,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, write: { type: 'boolean' } },
});
const chosen = positionals.length === 0 ? FIGURES : FIGURES.filter(({ name }) => positionals.includes(name));
if (chosen.length === 0) throw new Error(`No such figure. There are: ${FIGURES.map(({ name }) => name).join(', ')}.`);

const measurements: Measurement[] = [];
for (const figure of chosen) {
  process.stderr.write(`measuring ${figure.name} …\n`);
  measurements.push(...(await figure.measure()));
}
if (values.json)
  process.stdout.write(
    `${JSON.stringify(
      measurements.map((each) => ({ ...each, met: isMet(each) })),
      null,
      2,
    )}\n`,
  );
else process.stdout.write(`${table(measurements)}\n`);
if (values.write) writeTable(table(measurements));

function table(rows: readonly Measurement[]): string {
  const head = '| figure | against | goal | measured | | behind it |\n|---|---|---|---|---|---|';
  const body = rows.map((row) => {
    const goal = 'atLeast' in row.goal ? `at least ${row.goal.atLeast}` : `at most ${row.goal.atMost} ${row.unit}`;
    const measured = row.unit === 'ratio' ? row.value.toFixed(2) : `${row.value.toFixed(2)} ${row.unit}`;
    return `| ${row.figure} | ${row.against} | ${goal} | ${measured} | ${isMet(row) ? '✓' : '✗'} | ${row.behind} |`;
  });
  return [head, ...body].join('\n');
}

/** Between the two marks of the page; the rest of it is written by hand. */
function writeTable(markdown: string): void {
  const path = join(import.meta.dirname, '..', 'docs', 'benchmarks.md');
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${new Date().toISOString().slice(0, 10)}.`;
  const page = readFileSync(path, 'utf8');
  const marked = /(<!-- measured -->\n)[\s\S]*(<!-- \/measured -->)/;
  writeFileSync(
    path,
    page.replace(marked, (_all, open: string, close: string) => `${open}\n${machine}\n\n${markdown}\n\n${close}`),
  );
}
