/**
 * Run with `node -e`, in a process that has our original stdout and stderr: prints what is appended to the files `stdout`
 * and `stderr` of the folder in its arguments. When its stdin ends, which is when we are gone however that came, it
 * prints the rest, removes the folder and ends. It is text, not a function, so that no bundler can change it.
 *
 * Signals to the process group are meant for us: it ends by itself after us, having printed what they made us say.
 */
export const ECHO_SCRIPT = `
'use strict';
const { openSync, readSync, rmSync, watch, writeSync } = require('node:fs');
const folder = process.argv[1];
const pause = new Int32Array(new SharedArrayBuffer(4));
const bytes = Buffer.alloc(65536);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

function print(fd, length) {
  for (let at = 0; at < length; ) {
    try {
      at += writeSync(fd, bytes, at, length - at);
    } catch (error) {
      if (error.code !== 'EAGAIN') return false;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
  return true;
}

const streams = ['stdout', 'stderr'].map((name, index) => {
  const fd = openSync(folder + '/' + name, 'r');
  let isRead = true;
  return () => {
    for (let length; isRead && (length = readSync(fd, bytes)) > 0; ) isRead = print(index + 1, length);
  };
});
const pump = () => streams.forEach((stream) => stream());

setInterval(pump, 100);
try {
  watch(folder, pump).on('error', () => {});
} catch {}
process.stdin.on('error', () => {}).on('close', () => {
  pump();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}).resume();
pump();
`;
