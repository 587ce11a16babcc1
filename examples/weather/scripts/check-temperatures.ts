// The check `temperature_range` of `daily_weather`, done by an external process: it reads the data, and reports what it
// found with the rows that speak against it.

import { readFile } from 'node:fs/promises';
import { MetadataValue, runDagsterPipes } from 'pipes-external';
import { z } from 'zod';
import type { Day } from './clean.ts';

const Extras = z.object({ daily: z.string(), lowest: z.number(), highest: z.number() });

await runDagsterPipes(async (pipes) => {
  const { daily, lowest, highest } = pipes.extrasAs(Extras);
  const days = JSON.parse(await readFile(daily, 'utf8')) as Day[];
  const wrong = days.filter(({ tempMin, tempMax }) => tempMin > tempMax || tempMin < lowest || tempMax > highest);
  pipes.reportAssetCheck({
    checkName: 'temperature_range',
    passed: days.length > 0 && wrong.length === 0,
    metadata: {
      coldest: MetadataValue.float(Math.min(...days.map(({ tempMin }) => tempMin))),
      warmest: MetadataValue.float(Math.max(...days.map(({ tempMax }) => tempMax))),
      wrong_days: wrong.length,
      examples: wrong.slice(0, 5),
    },
  });
});
