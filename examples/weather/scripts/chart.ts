// Makes `weather_chart`: draws all years that `monthly_weather` has written so far.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MetadataValue, runDagsterPipes } from 'pipes-external';
import { z } from 'zod';
import type { Month } from './aggregate.ts';
import { drawWeather } from './draw-weather.ts';

async function readMonths(directory: string): Promise<Month[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.json')).toSorted();
  const years = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  return years.flatMap((year) => JSON.parse(year) as Month[]);
}

const largest = (months: readonly Month[], by: (month: Month) => number): Month =>
  months.reduce((best, month) => (by(month) > by(best) ? month : best));

/** A Markdown table, a row for each year: what a page about the asset can show beside the picture. */
function summarize(months: readonly Month[]): string {
  const rows = [...Map.groupBy(months, ({ month }) => month.slice(0, 4))].map(([year, ofYear]) => {
    const total = ofYear.reduce((sum, { precipitation }) => sum + precipitation, 0);
    const warmest = largest(ofYear, ({ tempMean }) => tempMean);
    const wettest = largest(ofYear, ({ precipitation }) => precipitation);
    return `| ${year} | ${total.toFixed(0)} mm | ${warmest.month} (${warmest.tempMean} °C) | ${wettest.month} (${wettest.precipitation} mm) |`;
  });
  return ['| year | precipitation | warmest month | wettest month |', '|---|---|---|---|', ...rows].join('\n');
}

await runDagsterPipes(async (pipes) => {
  const { monthly, output } = pipes.extrasAs(z.object({ monthly: z.string(), output: z.string() }));
  const months = await readMonths(monthly);
  await writeFile(output, drawWeather(months));
  pipes.reportAssetMaterialization({
    metadata: {
      path: MetadataValue.path(output),
      months: months.length,
      preview: MetadataValue.md(summarize(months)),
    },
  });
});
