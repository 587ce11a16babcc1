import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import {
  DAGSTER_PIPES_CONTEXT_ENV_VAR,
  DAGSTER_PIPES_MESSAGES_ENV_VAR,
  encodeParam,
  type JsonObject,
} from '../src/protocol/index.ts';

/** A message as read by hand, without any reader of ours. */
export interface Line {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly writer: string;
  readonly seq: number;
  readonly total?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Launched {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export const CONTEXT: JsonObject = {
  asset_keys: ['raw/orders'],
  code_version_by_asset_key: { 'raw/orders': '1' },
  provenance_by_asset_key: { 'raw/orders': null },
  partition_key: null,
  partition_key_range: null,
  partition_time_window: null,
  run_id: 'run-1',
  job_name: 'job-1',
  retry_number: 0,
  extras: { limit: 10 },
};

/** A folder that is gone after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pipes-external-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A disk of 64 KiB; needs root. */
export async function smallDisk(): Promise<string> {
  const folder = join(await tempFolder(), 'disk');
  await mkdir(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

/** An empty message file. */
export async function messageFile(): Promise<string> {
  const path = join(await tempFolder(), 'messages');
  await writeFile(path, '');
  return path;
}

export function bootstrap(messages: JsonObject, context: JsonObject = { data: CONTEXT }): Record<string, string> {
  return {
    [DAGSTER_PIPES_CONTEXT_ENV_VAR]: encodeParam(context),
    [DAGSTER_PIPES_MESSAGES_ENV_VAR]: encodeParam(messages),
  };
}

export interface LaunchOptions {
  readonly args?: readonly string[];
  /** On top of this process's own; the bootstrap is among it, where there is one. */
  readonly env?: Readonly<Record<string, string>>;
  /** Stops reading from the child, until the test does. */
  readonly isReaderAsleep?: boolean;
  /** As the first process of a container; needs root. */
  readonly isFirstProcess?: boolean;
  /** How many files it may have open. */
  readonly maxFiles?: number;
  /** In a process group of its own. */
  readonly isDetached?: boolean;
}

function toWrapper({ isFirstProcess = false, maxFiles }: LaunchOptions): readonly string[] {
  if (isFirstProcess) return ['unshare', '--pid', '--fork', '--kill-child'];
  return maxFiles === undefined ? [] : ['prlimit', `--nofile=${maxFiles}`];
}

/** Starts a fixture. It does not outlive its test. */
export function launch(fixture: string, options: LaunchOptions = {}): Launched {
  const { args = [], env = {}, isReaderAsleep = false, isDetached = false } = options;
  const script = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url));
  const command = [...toWrapper(options), process.execPath, script, ...args];
  const child = spawn(command[0] as string, command.slice(1), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: isDetached,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  if (!isReaderAsleep) {
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  }
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  }));
  return { child, ended };
}

/** Runs a fixture to its end. */
export async function run(fixture: string, options: LaunchOptions = {}): Promise<Ended> {
  return await launch(fixture, options).ended;
}

export function parseLines(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"__dagster_pipes_version"'))
    .map((line) => JSON.parse(line) as Line);
}

export async function readLines(path: string): Promise<Line[]> {
  return parseLines(await readFile(path, 'utf8'));
}

/** Resolves once the text has been printed. */
export async function printed(child: ChildProcess, text: string): Promise<void> {
  let seen = '';
  for (;;) {
    if (seen.includes(text)) return;
    const [chunk] = (await Promise.race([once(child.stdout as Readable, 'data'), once(child, 'exit')])) as [unknown];
    if (!(chunk instanceof Buffer)) throw new Error(`the child ended having printed ${JSON.stringify(seen)}`);
    seen += chunk.toString();
  }
}
