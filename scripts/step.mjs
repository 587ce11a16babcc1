import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'node_modules', '.bin');

/** A command of the preparation failed. The message holds all that it printed. */
export class StepFailed extends Error {}

/** Tells people, on stderr: the stdout of root commands belongs to what they print. */
export function say(text) {
  process.stderr.write(`prepare: ${text}\n`);
}

/** The environment with the tools of this repository, Node among them, in front of the machine's. */
export function withTools() {
  return { ...process.env, PATH: [BIN, pathWithoutTools()].join(delimiter) };
}

/** The environment of the machine: for what must not run from the folder that it replaces. */
export function withoutTools() {
  return { ...process.env, PATH: pathWithoutTools() };
}

function pathWithoutTools() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => !folder.includes('node_modules')).join(delimiter);
}

/**
 * Runs one command of the preparation: a line before, a line with the time after, what it printed only when it fails.
 *
 * @throws StepFailed
 */
export async function step(what, [command, ...args], options = {}) {
  say(`${what} …`);
  const start = performance.now();
  const { code, output } = await run(command, args, options);
  if (code !== 0) {
    throw new StepFailed(`${output}\nprepare: ${what} failed (${[command, ...args].join(' ')}: ${code})`);
  }
  say(`${what}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Waits for all of them, also when one fails: none goes on behind the back of who has read the failure. */
export async function all(promises) {
  const outcomes = await Promise.allSettled(promises);
  const failure = outcomes.find(({ status }) => status === 'rejected');
  if (failure) throw failure.reason;
}

function run(command, args, options) {
  return new Promise((resolve) => {
    // npm is a script on Windows, which only a shell can start.
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      ...options,
    });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    const output = () => Buffer.concat(chunks).toString();
    child.on('error', (error) => resolve({ code: error.message, output: output() }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output: output() }));
  });
}
