import { setTimeout as sleep } from 'node:timers/promises';
import { asset, define, execute, resource } from 'pipes-runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';

test('resources are made once, when first needed, and disposed in reverse order, also when a step fails', async () => {
  const seen: string[] = [];
  const closing = (name: string): AsyncDisposable => ({
    async [Symbol.asyncDispose]() {
      await sleep(1);
      seen.push(`close ${name}`);
    },
  });
  const db = resource({
    config: z.object({ url: z.string() }),
    create({ config }) {
      seen.push(`open db ${config.url}`);
      return { url: config.url, ...closing('db') };
    },
  });
  const pool = resource({
    deps: { db },
    create({ deps }) {
      seen.push('open pool');
      return { of: deps.db.url, [Symbol.dispose]: () => void seen.push('close pool') };
    },
  });
  const never = resource({ create: () => seen.push('open never') });
  const a = asset('a', { resources: { pool }, run: ({ resources }) => resources.pool.of });
  const b = asset('b', { resources: { db, pool }, deps: [a], run: () => Promise.reject(new Error('no')) });
  const project = define({ assets: [a, b], resources: { db, pool, never } });
  const run = await execute(project, { config: { resources: { db: { url: 'x' } } } });
  expect(run.output(a)).toBe('x');
  expect(run.success).toBe(false);
  expect(seen).toEqual(['open db x', 'open pool', 'close pool', 'close db']);
});

test('a resource that cannot be made fails the steps that need it, once and with its cause', async () => {
  let tries = 0;
  const db = resource({
    create(): number {
      tries += 1;
      throw new Error('connection refused');
    },
  });
  const steps = ['a', 'b'].map((key) => asset(key, { resources: { db }, run: () => 1 }));
  const run = await execute(define({ assets: [...steps, asset('c', { run: () => 1 })], resources: { db } }));
  expect(tries).toBe(1);
  expect(run.summary.failure?.failedSteps).toEqual(['a', 'b']);
  expect(run.summary.steps.get('b')?.error).toMatchObject({
    message: 'Resource "db" could not be made: connection refused [PIPES_RESOURCE_FAILED]',
    cause: { message: 'connection refused' },
  });
});

test('a resource that cannot be disposed fails the run, and the others are disposed all the same', async () => {
  let isClosed = false;
  const first = resource({ create: () => ({ [Symbol.dispose]: () => void (isClosed = true) }) });
  const second = resource({ create: () => ({ [Symbol.asyncDispose]: () => Promise.reject(new Error('lost')) }) });
  const a = asset('a', { resources: { first }, run: () => 1 });
  const b = asset('b', { deps: [a], resources: { second }, run: () => 1 });
  const run = await execute(define({ assets: [a, b], resources: { first, second } }));
  expect(isClosed).toBe(true);
  expect(run.record.status).toBe('FAILURE');
  expect(run.summary.failure).toMatchObject({ reason: 'RUN_EXCEPTION', error: { cause: { message: 'lost' } } });
});

test('a resource that never closes is given up, fails the run, and holds up neither the run nor the others', async () => {
  let isClosed = false;
  const first = resource({ create: () => ({ [Symbol.dispose]: () => void (isClosed = true) }) });
  const second = resource({ create: () => ({ [Symbol.asyncDispose]: () => new Promise<void>(() => undefined) }) });
  const a = asset('a', { resources: { first }, run: () => 1 });
  const b = asset('b', { deps: [a], resources: { second }, run: () => 1 });
  const run = await execute(define({ assets: [a, b], resources: { first, second } }), { cancelGraceMs: 5 });
  expect(isClosed).toBe(true);
  expect(run.record.status).toBe('FAILURE');
  expect(run.summary.failure?.message).toContain('"second" could not be disposed: it did not close within 5 ms');
});

test('a resource that comes when its run is over is disposed at once', async () => {
  const controller = new AbortController();
  const late = Promise.withResolvers<void>();
  const disposed = Promise.withResolvers<string>();
  const db = resource({
    async create() {
      controller.abort();
      await late.promise;
      return { [Symbol.dispose]: () => disposed.resolve('disposed') };
    },
  });
  const project = define({ assets: [asset('a', { resources: { db }, run: () => 1 })], resources: { db } });
  const run = await execute(project, { signal: controller.signal, cancelGraceMs: 5 });
  expect(run.record.status).toBe('CANCELED');
  late.resolve();
  expect(await disposed.promise).toBe('disposed');
});
