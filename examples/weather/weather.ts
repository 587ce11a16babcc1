// Four years of Seattle's weather, from a CSV file to a chart. Each asset but the first is made by an external process
// that reports over Dagster Pipes. Run it from anywhere:
//
//   pipes run examples/weather/weather.ts --partition 2012...2015

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MetadataValue } from 'pipes-external/protocol';
import { type PipesExecutionContext, PipesSubprocessClient } from 'pipes-orchestrator';
import { asset, assetCheck, define, result, timePartitions } from 'pipes-runtime';
import type { Day } from './scripts/clean.ts';

const RAW = fileURLToPath(new URL('../data/seattle-weather.csv', import.meta.resolve('vega-datasets')));
const DAILY = join(import.meta.dirname, 'out', 'daily.json');
const MONTHLY = join(import.meta.dirname, 'out', 'monthly');
const CHART = join(import.meta.dirname, 'out', 'weather.svg');

const subprocess = new PipesSubprocessClient({ cwd: import.meta.dirname });

/** Runs one of the scripts with the context of the step. What it is to work on travels in `extras`. */
const runScript = (context: PipesExecutionContext, name: string, extras: Record<string, string | number>) =>
  subprocess.run({ context, command: 'node', args: [`scripts/${name}`], extras });

// An asset can be made right here. Its data version is the hash of its bytes: equal hash, equal data.
const rawWeather = asset('raw_weather', {
  description: 'The CSV file as it was published.',
  async run() {
    const bytes = await readFile(RAW);
    const [header = '', ...rows] = bytes.toString('utf8').trim().split('\n');
    return result({
      dataVersion: createHash('sha256').update(bytes).digest('hex'),
      metadata: {
        path: MetadataValue.path(RAW),
        rows: rows.length,
        schema: MetadataValue.tableSchema({ columns: header.split(',').map((name) => ({ name, type: 'string' })) }),
      },
    });
  },
});

// Or by a process, in any language. What it reports becomes the asset's metadata.
const dailyWeather = asset('daily_weather', {
  description: 'A clean row for each day.',
  deps: [rawWeather],
  async run(ctx) {
    const invocation = await runScript(ctx, 'clean.ts', { input: RAW, output: DAILY });
    return invocation.getMaterializeResult();
  },
});

// Partitioned: a run says which years it makes, and the Pipes context tells the process.
const monthlyWeather = asset('monthly_weather', {
  description: 'Monthly means and totals, a file for each year.',
  deps: [dailyWeather],
  partitions: timePartitions({ every: 'year', start: '2012', end: '2016' }),
  async run(ctx) {
    const invocation = await runScript(ctx, 'aggregate.ts', { daily: DAILY, outputDirectory: MONTHLY });
    return invocation.getMaterializeResult();
  },
});

const weatherChart = asset('weather_chart', {
  description: 'Temperature and precipitation by month, as a picture.',
  deps: [monthlyWeather],
  async run(ctx) {
    const invocation = await runScript(ctx, 'chart.ts', { monthly: MONTHLY, output: CHART });
    return invocation.getMaterializeResult();
  },
});

// A check judges what an asset made, and stops nothing: it reports. Both read the file (`load: false`: there is no value to
// hand over), so they can also be run alone. This one does it here …
const noMissingDays = assetCheck(dailyWeather, {
  name: 'no_missing_days',
  description: 'From the first day to the last, every day is there once.',
  load: false,
  async run() {
    const days = JSON.parse(await readFile(DAILY, 'utf8')) as Day[];
    const dates = new Set(days.map(({ date }) => date));
    const missing = everyDay(days[0]?.date, days.at(-1)?.date).filter((date) => !dates.has(date));
    return {
      passed: days.length > 0 && missing.length === 0 && dates.size === days.length,
      metadata: { days: days.length, missing_days: missing.length, examples: missing.slice(0, 5) },
    };
  },
});

// … and this one leaves it to a process, which reports the outcome.
const temperatureRange = assetCheck(dailyWeather, {
  name: 'temperature_range',
  description: 'No day is colder or warmer than Seattle has ever been.',
  load: false,
  async run(ctx) {
    const invocation = await runScript(ctx, 'check-temperatures.ts', { daily: DAILY, lowest: -18, highest: 43 });
    return invocation.getAssetCheckResult();
  },
});

function everyDay(first = '', last = ''): string[] {
  const dates: string[] = [];
  for (const day = new Date(first); day <= new Date(last); day.setUTCDate(day.getUTCDate() + 1)) {
    dates.push(day.toISOString().slice(0, 10));
  }
  return dates;
}

export const project = define({
  assets: [rawWeather, dailyWeather, monthlyWeather, weatherChart],
  checks: [noMissingDays, temperatureRange],
});
