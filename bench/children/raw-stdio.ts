// Baseline: writeSync on descriptor 1, waiting out EAGAIN, then process.exit.
import { writeSync } from 'node:fs';
import { rawLine } from './raw-line.ts';

const nap = new Int32Array(new SharedArrayBuffer(4));

function write(buffer: Buffer): void {
  let written = 0;
  while (written < buffer.length) {
    try {
      written += writeSync(1, buffer, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(nap, 0, 0, 1);
    }
  }
}

for (let index = 0; index < Number(process.argv[2]); index += 1) write(Buffer.from(rawLine(index)));
process.exit(0);
