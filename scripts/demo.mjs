// What `npm run demo` shows, once prepare.mjs has installed and built: the weather example, run by the built `pipes`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT, withTools } from './step.mjs';

const EXAMPLE = 'examples/weather/weather.ts';
const CHART = join(ROOT, 'examples', 'weather', 'out', 'weather.svg');
const COMMAND = ['run', EXAMPLE, '--partition', '2012...2015'];

console.log(`
Seattle's weather, 1,461 real days, from a CSV file to a chart:

  raw_weather      the file as published, read in this process
  daily_weather    cleaned by an external Node script       checks: no_missing_days, temperature_range
  monthly_weather  aggregated by another, a partition for each year, told by its Pipes context
  weather_chart    drawn as SVG by a third

$ npx pipes ${COMMAND.join(' ')}
`);

const pipes = spawn(process.execPath, [join(ROOT, 'packages', 'pipes-cli', 'bin', 'pipes.js'), ...COMMAND], {
  cwd: ROOT,
  env: withTools(),
  stdio: 'inherit',
});
// They cancel the run; this process waits for that. Ctrl-C in a terminal reaches the command twice, which takes it as one.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => pipes.kill(name));
const [code, signal] = await once(pipes, 'exit');

if (code === 0 && existsSync(CHART)) {
  console.log(`
The chart: ${relative(process.cwd(), CHART)} (open it in a browser)

What to try next:

  npx pipes run ${EXAMPLE} --select monthly_weather --partition 2014     one asset, one year
  npx pipes ls ${EXAMPLE}                                                what there is
  npm run demo     after writing \`throw new Error('broken')\` into examples/weather/scripts/aggregate.ts,
                   to see how a failure in an external process looks
`);
}
process.exitCode = code ?? 1;
if (signal !== null) console.error(`pipes was ended by ${signal}`);
