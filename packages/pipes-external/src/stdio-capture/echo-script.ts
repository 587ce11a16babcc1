/**
 * Run with `node -e`, in a process that has our original stdout and stderr: prints what is appended to the files `stdout`
 * and `stderr` of the folder in its arguments, and what comes on its stdin: frames of a byte that names the stream (0 or
 * 1), the length in two more and the text. It notes in the file `echoed` how far it is in each file, and how many bytes
 * of each stream came in frames. It says on descriptor 3 that it is ready, and needs the names of the files no more. When
 * its stdin ends, which is when we are gone however that came, it prints the rest and ends. It is text, not a function,
 * so that no bundler can change it.
 *
 * Signals to the process group are meant for us: it ends by itself after us, having printed what they made us say.
 */
export const ECHO_SCRIPT = `
'use strict';
const { closeSync, fstatSync, openSync, readSync, watch, writeSync } = require('node:fs');
const folder = process.argv[1];
const names = ['stdout', 'stderr'];
const bytes = Buffer.alloc(65536);
const pause = new Int32Array(new SharedArrayBuffer(4));
const echoed = openSync(folder + '/echoed', 'r+');
const files = names.map((name) => openSync(folder + '/' + name, 'r'));
const progress = new Float64Array(4);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

function print(index, bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(index + 1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') return;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

function advance(which, to) {
  progress[which] = to;
  writeSync(echoed, progress, 0, 32, 0);
}

function pump() {
  files.forEach((file, index) => {
    // A program that opens /dev/stdout anew, as shells do for "> /dev/stdout", empties the file.
    if (fstatSync(file).size < progress[index]) advance(index, 0);
    for (let length; (length = readSync(file, bytes, 0, bytes.length, progress[index])) > 0; ) {
      print(index, bytes.subarray(0, length));
      advance(index, progress[index] + length);
    }
  });
}

let frames = Buffer.alloc(0);
function receive(chunk) {
  pump();
  frames = Buffer.concat([frames, chunk]);
  while (frames.length >= 3 && frames.length >= 3 + frames.readUInt16LE(1)) {
    const [index, end] = [frames[0], 3 + frames.readUInt16LE(1)];
    print(index, frames.subarray(3, end));
    advance(2 + index, progress[2 + index] + end - 3);
    frames = frames.subarray(end);
  }
}

setInterval(pump, 100);
try {
  for (const name of names) watch(folder + '/' + name, pump).on('error', () => {});
} catch {
  // No watch is left: the interval serves.
}
process.stdin.on('error', () => {}).on('data', receive).on('close', () => {
  pump();
  process.exit(0);
});
writeSync(3, 'ready');
closeSync(3);
`;
