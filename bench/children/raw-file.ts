// Baseline: one writeSync a line on an open descriptor. Answers with messages a second.
import { closeSync, openSync, writeSync } from 'node:fs';
import { rawLine } from './raw-line.ts';

const [path = '', count] = process.argv.slice(2);
const descriptor = openSync(path, 'a');
for (let index = 0; index < 2_000; index += 1) writeSync(descriptor, rawLine(index));
const start = process.hrtime.bigint();
for (let index = 0; index < Number(count); index += 1) writeSync(descriptor, rawLine(index));
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
closeSync(descriptor);
process.stderr.write(String(Number(count) / seconds));
