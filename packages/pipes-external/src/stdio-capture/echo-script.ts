/**
 * Run with `node -e`, in a process that has our original stdout and stderr: prints what is appended to the files `stdout`
 * and `stderr` of the folder in its arguments, and notes in `echoed` how many bytes of each it has printed. It says on
 * descriptor 3 that it is ready. When its stdin ends, which is when we are gone however that came, it prints the rest,
 * removes the folder and ends. It is text, not a function, so that no bundler can change it.
 *
 * Signals to the process group are meant for us: it ends by itself after us, having printed what they made us say.
 */
export const ECHO_SCRIPT = `
'use strict';
const { closeSync, openSync, readSync, rmSync, watch, writeSync } = require('node:fs');
const folder = process.argv[1];
const bytes = Buffer.alloc(65536);
const pause = new Int32Array(new SharedArrayBuffer(4));
const echoed = openSync(folder + '/echoed', 'w', 0o600);
const counts = new Float64Array(2);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

function print(fd, length) {
  for (let at = 0; at < length; ) {
    try {
      at += writeSync(fd, bytes, at, length - at);
    } catch (error) {
      if (error.code !== 'EAGAIN') return;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

const files = ['stdout', 'stderr'].map((name) => openSync(folder + '/' + name, 'r'));
function pump() {
  files.forEach((file, index) => {
    for (let length; (length = readSync(file, bytes)) > 0; ) {
      print(index + 1, length);
      counts[index] += length;
      writeSync(echoed, counts, 0, 16, 0);
    }
  });
}

setInterval(pump, 100);
try {
  for (const name of ['stdout', 'stderr']) watch(folder + '/' + name, pump).on('error', () => {});
} catch {
  // No watch is left: the interval serves.
}
process.stdin.on('error', () => {}).on('close', () => {
  pump();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}).resume();
writeSync(3, 'ready');
closeSync(3);
`;
