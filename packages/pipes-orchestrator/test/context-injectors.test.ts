import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseContextData, type PipesContextData } from 'pipes-external/protocol';
import { PipesEnvContextInjector, PipesFileContextInjector, PipesTempFileContextInjector } from 'pipes-orchestrator';
import { pathOf } from './launch.ts';
import { rejectionOf } from './rejection.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pipes-injectors-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

function contextWith(extras: PipesContextData['extras']): PipesContextData {
  return parseContextData({ run_id: 'r', extras });
}

const context = contextWith({ limit: 10 });

async function permissions(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe('a temporary file', () => {
  test('is private and holds the context until it is disposed', async () => {
    const injected = await new PipesTempFileContextInjector().injectContext(context);
    const [path = ''] = pathOf(injected.params);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(context);
    expect(await permissions(path)).toBe('600');
    expect(await permissions(dirname(path))).toBe('700');
    await injected[Symbol.asyncDispose]();
    expect(existsSync(dirname(path))).toBe(false);
  });

  test('serves sessions beside each other', async () => {
    const injector = new PipesTempFileContextInjector();
    const [first, second] = [await injector.injectContext(context), await injector.injectContext(context)];
    await first[Symbol.asyncDispose]();
    expect(pathOf(second.params).map(existsSync)).toEqual([true]);
    await second[Symbol.asyncDispose]();
  });
});

describe('a file', () => {
  test('is private, replaces what was there, and is deleted at the end', async () => {
    const path = join(directory, 'context.json');
    await writeFile(path, 'old', { mode: 0o644 });
    const injected = await new PipesFileContextInjector(path).injectContext(context);
    expect(injected.params).toEqual({ path });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(context);
    expect(await permissions(path)).toBe('600');
    await injected[Symbol.asyncDispose]();
    expect(await readdir(directory)).toEqual([]);
  });

  test('whose directory is missing, or that is a directory, is named with the reason', async () => {
    const missing = join(directory, 'missing', 'context.json');
    const error = await rejectionOf(new PipesFileContextInjector(missing).injectContext(context));
    expect(error.code).toBe('PIPES_INJECTION_FAILED');
    expect(error.message).toContain(`${missing}: its directory does not exist`);
    const taken = join(directory, 'taken');
    await mkdir(taken);
    await expect(new PipesFileContextInjector(taken).injectContext(context)).rejects.toThrow(
      'a directory is at this path',
    );
    expect(await readdir(directory)).toEqual(['taken']);
  });
});

describe('the environment', () => {
  /** Random, so that compression does not shrink it. */
  const large = contextWith({ small: 1, rows: Array.from({ length: 30_000 }, () => Math.random()) });

  test('carries the context itself', async () => {
    const injected = await new PipesEnvContextInjector().injectContext(context);
    expect(injected.params).toEqual({ data: context });
    await injected[Symbol.asyncDispose]();
  });

  test('refuses what no process could be started with, naming sizes and what is large', async () => {
    const error = await rejectionOf(new PipesEnvContextInjector().injectContext(large));
    expect(error.code).toBe('PIPES_INJECTION_FAILED');
    expect(error.message).toMatch(
      /[\d,]+ bytes encoded, where 131,071 are allowed\. The largest of its extras is "rows"/,
    );
  });

  test('falls back to a temporary file where that is allowed', async () => {
    const injected = await new PipesEnvContextInjector({ fallback: 'temp-file' }).injectContext(large);
    expect(Object.keys(injected.params)).toEqual(['path']);
    await injected[Symbol.asyncDispose]();
  });

  test('refuses options that are wrong', () => {
    expect(() => new PipesEnvContextInjector({ maxBytes: 0 })).toThrow('"maxBytes"');
    expect(() => new PipesEnvContextInjector({ fallback: 'file' as 'error' })).toThrow('"fallback"');
  });
});
