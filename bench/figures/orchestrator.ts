import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync, watch, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMessage, MetadataValue, type PipesMessage, toWireMetadata } from 'pipes-external/protocol';
import { type ExecutionLog, openPipesSession, PipesFileMessageReader } from 'pipes-orchestrator';
import { scriptPath, withTempDirectory } from '../child-process.ts';
import type { Figure } from '../figure.ts';
import { interleave, median, percentile } from '../statistics.ts';

const ignore = (): void => {};
const silent: ExecutionLog = { debug: ignore, info: ignore, warning: ignore, error: ignore, critical: ignore };

const READ_MESSAGES = 200_000;

/** Four logs to one materialization with four metadata entries. */
function prepareMessages(): string {
  const metadata = toWireMetadata({
    rows: MetadataValue.int(1461),
    mean: MetadataValue.float(11.7),
    source: MetadataValue.path('/data/weather.csv'),
    report: MetadataValue.md('# Weather\n\nAll days are there.'),
  });
  const lines: string[] = [];
  const add = (message: Omit<PipesMessage, 'sequence'>, total?: number): void => {
    const sequence = { writer: 'ab12cd34', seq: lines.length + 1, ...(total === undefined ? {} : { total }) };
    lines.push(encodeMessage({ ...message, sequence } as PipesMessage));
  };
  add({ method: 'opened', params: { extras: {} } });
  while (lines.length < READ_MESSAGES - 1) {
    if (lines.length % 5 === 0) {
      add({
        method: 'report_asset_materialization',
        params: { asset_key: `a/${lines.length}`, metadata, data_version: 'v1' },
      });
    } else {
      add({ method: 'log', params: { message: `processed batch ${lines.length} without trouble`, level: 'INFO' } });
    }
  }
  add({ method: 'closed', params: {} }, READ_MESSAGES);
  return `${lines.join('\n')}\n`;
}

export const reader: Figure = {
  name: 'reader',
  measure: () =>
    withTempDirectory(async (directory) => {
      const prepared = join(directory, 'prepared');
      writeFileSync(prepared, prepareMessages());
      const seconds = await interleave(5, {
        ours: () => readThroughSession(join(directory, 'messages'), readFileSync(prepared)),
        raw: async () => splitAndParse(prepared),
      });
      const rate = (each: number): string => `${Math.round(READ_MESSAGES / each / 1000)} k/s`;
      return [
        {
          figure: 'reader, messages/s through openPipesSession',
          against: 'split + JSON.parse of the same file',
          value: seconds.raw / seconds.ours,
          unit: 'ratio',
          goal: { atLeast: 0.5 },
          behind: `${rate(seconds.ours)} against ${rate(seconds.raw)}`,
        },
      ];
    }),
};

async function readThroughSession(path: string, messages: Buffer): Promise<number> {
  const session = await openPipesSession({
    context: { runId: 'bench', log: silent },
    messageReader: new PipesFileMessageReader(path),
  });
  const descriptor = openSync(path, 'a');
  writeSync(descriptor, messages);
  closeSync(descriptor);
  const start = performance.now();
  let seen = 0;
  for await (const result of session.results({ until: Promise.resolve() }))
    seen += result.kind === 'materialization' ? 1 : 0;
  await session.close();
  if (seen < READ_MESSAGES / 6) throw new Error(`Only ${seen} materializations were read.`);
  return (performance.now() - start) / 1000;
}

function splitAndParse(path: string): number {
  const start = performance.now();
  let methods = 0;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line !== '') methods += (JSON.parse(line) as { method: string }).method.length;
  }
  if (methods === 0) throw new Error('Nothing was parsed.');
  return (performance.now() - start) / 1000;
}

const LATENCY_MESSAGES = 500;

export const latency: Figure = {
  name: 'latency',
  measure: async () => {
    const ours = await latencyOfSession();
    const watched = await withTempDirectory(latencyOfWatch);
    const behind = (p: number): string =>
      `fs.watch alone, in the same run: ${percentile(watched, p).toFixed(2)} ms; ${ours.length} messages 7 ms apart`;
    return [
      {
        figure: 'write in the child → handled in the orchestrator, p50',
        against: 'idle machine',
        value: percentile(ours, 0.5),
        unit: 'ms',
        goal: { atMost: 2 },
        behind: behind(0.5),
      },
      {
        figure: 'write in the child → handled in the orchestrator, p99',
        against: 'idle machine',
        value: percentile(ours, 0.99),
        unit: 'ms',
        goal: { atMost: 20 },
        behind: behind(0.99),
      },
    ];
  },
};

const ageInMs = (clock: string): number => Number(process.hrtime.bigint() - BigInt(clock)) / 1e6;

async function latencyOfSession(): Promise<readonly number[]> {
  const ages: number[] = [];
  const log = { ...silent, info: (clock: string): void => void ages.push(ageInMs(clock)) };
  await using session = await openPipesSession({ context: { runId: 'bench', log } });
  const child = spawn(process.execPath, [scriptPath('clock.ts'), String(LATENCY_MESSAGES)], {
    env: { ...process.env, ...session.getBootstrapEnvVars() },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'exit');
  await session.close();
  return ages;
}

/** The same with nothing between: what this machine's notification costs. */
async function latencyOfWatch(directory: string): Promise<readonly number[]> {
  const path = join(directory, 'clock');
  const descriptor = openSync(path, 'a+');
  const buffer = Buffer.alloc(65_536);
  const ages: number[] = [];
  let offset = 0;
  const watcher = watch(path, () => {
    const bytes = readSync(descriptor, buffer, 0, buffer.length, offset);
    offset += bytes;
    for (const clock of buffer.toString('latin1', 0, bytes).split('\n')) if (clock !== '') ages.push(ageInMs(clock));
  });
  const child = spawn(process.execPath, [scriptPath('clock-to-file.ts'), String(LATENCY_MESSAGES), path], {
    stdio: 'inherit',
  });
  await once(child, 'exit');
  watcher.close();
  closeSync(descriptor);
  return ages;
}

export const closing: Figure = {
  name: 'closing',
  measure: async () => {
    const times: number[] = [];
    for (let round = 0; round < 15; round += 1) times.push(await closeAfterExit());
    return [
      {
        figure: 'child exit → session closed, median of 15',
        against: 'idle machine',
        value: median(times),
        unit: 'ms',
        goal: { atMost: 50 },
        behind: `worst ${Math.max(...times).toFixed(1)} ms`,
      },
    ];
  },
};

async function closeAfterExit(): Promise<number> {
  const session = await openPipesSession({ context: { runId: 'bench', log: silent } });
  const child = spawn(process.execPath, [scriptPath('clock.ts'), '3'], {
    env: { ...process.env, ...session.getBootstrapEnvVars() },
    stdio: 'ignore',
  });
  await once(child, 'exit');
  const start = performance.now();
  await session.close();
  return performance.now() - start;
}
