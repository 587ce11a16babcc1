import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeParam, type PipesContextData, type PipesParams } from 'pipes-external/protocol';

export const scriptPath = (name: string): string => join(import.meta.dirname, 'children', name);

/** Runs a script of `children/` in a fresh process; it answers with one JSON value on its stderr. */
export async function answerOf(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(process.execPath, [scriptPath(script), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let answer = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (answer += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const value = Number(answer);
  if (code !== 0 || answer === '' || Number.isNaN(value)) throw new Error(`${script} failed with ${code}: ${answer}`);
  return value;
}

/** The bootstrap of a session whose other end is a plain file or stream. */
export function bootstrapFor(messages: PipesParams, context: Partial<PipesContextData> = {}): NodeJS.ProcessEnv {
  const data = {
    asset_keys: null,
    code_version_by_asset_key: null,
    provenance_by_asset_key: null,
    partition_key: null,
    partition_key_range: null,
    partition_time_window: null,
    run_id: 'bench',
    job_name: null,
    retry_number: 0,
    extras: {},
    ...context,
  };
  return {
    DAGSTER_PIPES_CONTEXT: encodeParam({ data } as unknown as PipesParams),
    DAGSTER_PIPES_MESSAGES: encodeParam(messages),
  };
}

export async function withTempDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'pipes-bench-'));
  try {
    return await body(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
