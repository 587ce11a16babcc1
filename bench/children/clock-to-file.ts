// Baseline of clock.ts: appends the monotonic clock to a file.
import { openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const descriptor = openSync(process.argv[3] ?? '', 'a');
for (let index = 0; index < Number(process.argv[2]); index += 1) {
  await setTimeout(7);
  writeSync(descriptor, `${process.hrtime.bigint()}\n`);
}
