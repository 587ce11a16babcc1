// Baseline: writes COUNT ready lines and keeps nothing. Answers with its peak memory in MB.
import { openSync, writeSync } from 'node:fs';
import { rawLine } from './raw-line.ts';

const descriptor = openSync(process.argv[3] ?? '', 'a');
for (let index = 0; index < Number(process.argv[2]); index += 1) writeSync(descriptor, rawLine(index));
process.stderr.write(String(process.resourceUsage().maxRSS / 1024));
