// Makes `daily_weather`: reads the raw CSV, judges every row, writes what is left as JSON.
//
// A plain program. `runDagsterPipes` connects it to whoever launched it (the example next door, or Python's Dagster) and
// reports how it ended: that it is done, or the error that it threw.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MetadataValue, runDagsterPipes } from 'pipes-external';
import { z } from 'zod';

const number = z.string().min(1).transform(Number).pipe(z.number());

/** A row of the CSV as text in, a day with typed fields out. */
const Day = z
  .object({
    date: z.iso.date(),
    precipitation: number,
    temp_max: number,
    temp_min: number,
    wind: number,
    weather: z.enum(['drizzle', 'fog', 'rain', 'snow', 'sun']),
  })
  .transform(({ temp_max: tempMax, temp_min: tempMin, ...rest }) => ({ ...rest, tempMin, tempMax }));

/** Temperatures in °C, precipitation in mm, wind in m/s. */
export type Day = z.output<typeof Day>;

/** The file has no quoted fields, so commas only separate. */
function parseCsv(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((name, column) => [name, fields[column]?.trim() ?? '']));
  });
}

await runDagsterPipes(async (pipes) => {
  const { input, output } = pipes.extrasAs(z.object({ input: z.string(), output: z.string() }));

  const days: Day[] = [];
  const rows = parseCsv(await readFile(input, 'utf8'));
  for (const [index, row] of rows.entries()) {
    const day = Day.safeParse(row);
    if (day.success) days.push(day.data);
    else pipes.log.warning(`Row ${index + 2} was dropped: ${z.prettifyError(day.error)}`);
  }
  days.sort((a, b) => a.date.localeCompare(b.date));

  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, JSON.stringify(days, undefined, 1));
  pipes.log.info(`${days.length} of ${rows.length} days are clean`);

  // Plain values get the type that fits them; `MetadataValue` says more where it is known.
  pipes.reportAssetMaterialization({
    metadata: {
      rows: days.length,
      dropped_rows: rows.length - days.length,
      first_day: days[0]?.date,
      last_day: days.at(-1)?.date,
      path: MetadataValue.path(output),
      preview: MetadataValue.table({
        schema: [
          { name: 'date', type: 'date' },
          { name: 'tempMin', type: 'number', description: '°C' },
          { name: 'tempMax', type: 'number', description: '°C' },
          { name: 'precipitation', type: 'number', description: 'mm' },
          { name: 'weather', type: 'string' },
        ],
        records: days.slice(0, 5).map(({ date, tempMin, tempMax, precipitation, weather }) => ({
          date,
          tempMin,
          tempMax,
          precipitation,
          weather,
        })),
      }),
    },
  });
});
