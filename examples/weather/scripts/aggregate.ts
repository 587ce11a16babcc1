// Makes `monthly_weather`: one file of monthly figures for each year that the run asks for.
//
// Which years those are, the script learns from its Pipes context. A single partition is a range from itself to itself,
// so the same lines serve `--partition 2014` and `--partition 2012...2015`.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MetadataValue, runDagsterPipes } from 'pipes-external';
import { z } from 'zod';
import type { Day } from './clean.ts';

/** Means of the days of a month in °C, and all that fell in it in mm. */
export interface Month {
  readonly month: string;
  readonly days: number;
  readonly tempMin: number;
  readonly tempMean: number;
  readonly tempMax: number;
  readonly precipitation: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const round = (value: number): number => Math.round(value * 10) / 10;

function aggregate(month: string, days: readonly Day[]): Month {
  const mean = (of: (day: Day) => number): number => round(sum(days.map(of)) / days.length);
  return {
    month,
    days: days.length,
    tempMin: mean((day) => day.tempMin),
    tempMean: mean((day) => (day.tempMin + day.tempMax) / 2),
    tempMax: mean((day) => day.tempMax),
    precipitation: round(sum(days.map((day) => day.precipitation))),
  };
}

await runDagsterPipes(async (pipes) => {
  const { daily, outputDirectory } = pipes.extrasAs(z.object({ daily: z.string(), outputDirectory: z.string() }));
  const { start, end } = pipes.partitionKeyRange;
  await mkdir(outputDirectory, { recursive: true });

  const days = JSON.parse(await readFile(daily, 'utf8')) as Day[];
  const wanted = days.filter(({ date }) => date.slice(0, 4) >= start && date.slice(0, 4) <= end);
  const months = Map.groupBy(wanted, ({ date }) => date.slice(0, 7));
  const table = [...months].map(([month, daysOfMonth]) => aggregate(month, daysOfMonth));

  for (const [year, monthsOfYear] of Map.groupBy(table, ({ month }) => month.slice(0, 4))) {
    await writeFile(join(outputDirectory, `${year}.json`), JSON.stringify(monthsOfYear, undefined, 1));
    pipes.log.info(`${year}: ${monthsOfYear.length} months`);
  }

  pipes.reportAssetMaterialization({
    metadata: {
      months: table.length,
      path: MetadataValue.path(outputDirectory),
      aggregates: MetadataValue.table({
        schema: [
          { name: 'month', type: 'string' },
          { name: 'days', type: 'integer' },
          { name: 'tempMin', type: 'number', description: 'mean of the daily lows, °C' },
          { name: 'tempMean', type: 'number', description: 'mean of (low + high) / 2, °C' },
          { name: 'tempMax', type: 'number', description: 'mean of the daily highs, °C' },
          { name: 'precipitation', type: 'number', description: 'total, mm' },
        ],
        records: table.map((month) => ({ ...month })),
      }),
    },
  });
});
