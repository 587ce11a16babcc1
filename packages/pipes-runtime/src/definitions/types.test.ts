import type { PipesExecutionContext, PipesExecutionResult, PipesSession } from 'pipes-orchestrator';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { asset, type AssetDef } from './asset.ts';
import { assetCheck } from './asset-check.ts';
import { multiAsset } from './multi-asset.ts';
import { resource, type ResourceDef } from './resource.ts';
import { result } from './result.ts';
import type { StepContext } from './step-context.ts';

// The compiler is what is tested; what runs is only the factories.
declare const session: PipesSession;
const results = (): readonly PipesExecutionResult[] => [];
const materialization = (): Extract<PipesExecutionResult, { kind: 'materialization' }> => ({
  kind: 'materialization',
  assetKey: 'a',
  metadata: {},
  dataVersion: null,
});

test('the value of an asset is what its run gives', () => {
  expectTypeOf(asset('a', { run: () => 1 })).toEqualTypeOf<AssetDef<number>>();
  expectTypeOf(asset('a', { run: async () => ['x'] })).toEqualTypeOf<AssetDef<string[]>>();
  expectTypeOf(asset('a', { run: () => result({ value: { rows: 1 } }) })).toEqualTypeOf<AssetDef<{ rows: number }>>();
  expectTypeOf(asset('a', { run: () => result({ metadata: { rows: 1 } }) })).toEqualTypeOf<AssetDef<undefined>>();
  expectTypeOf(asset('a', { run: () => undefined })).toEqualTypeOf<AssetDef<undefined>>();
  expectTypeOf(asset('a', { run: async () => {} })).toEqualTypeOf<AssetDef<undefined>>();
  expectTypeOf(asset('a', { run: results })).toEqualTypeOf<AssetDef<undefined>>();
  expectTypeOf(asset('a', { run: materialization })).toEqualTypeOf<AssetDef<undefined>>();
  const streaming = asset('a', {
    async *run() {
      yield* session.results();
      return 5;
    },
  });
  expectTypeOf(streaming).toEqualTypeOf<AssetDef<number>>();
  expect(streaming.key).toBe('a');
});

test('what an asset yields is a report', () => {
  async function* numbers(): AsyncGenerator<number> {
    yield 5;
  }
  // @ts-expect-error of a number nothing can be recorded
  asset('a', { run: numbers });
  // @ts-expect-error nor where the iterable is promised
  asset('a', { run: async () => numbers() });
  asset('a', {
    // @ts-expect-error nor of a text
    async *run() {
      yield 'nonsense';
    },
  });
  const failing: AssetDef = asset('a', { run: () => Promise.reject(new Error('no')) });
  const made = asset('a', {
    async *run() {
      yield { assetKey: 'a', metadata: { rows: 1 } };
      return ['x'];
    },
  });
  expectTypeOf(made).toEqualTypeOf<AssetDef<string[]>>();
  expect([made.key, failing.key]).toEqual(['a', 'a']);
});

test('inputs have the types of the assets that they name', () => {
  const raw = asset('raw', { run: () => ['line'] });
  const count = asset('count', { inputs: { raw }, run: (_ctx, inputs) => inputs.raw.length });
  expectTypeOf(count).toEqualTypeOf<AssetDef<number>>();
  asset('both', {
    inputs: { raw, count },
    run(_ctx, inputs) {
      expectTypeOf(inputs).toEqualTypeOf<{ readonly raw: string[]; readonly count: number }>();
      // @ts-expect-error nothing of that name was asked for
      return inputs.rows;
    },
  });
  const pair = multiAsset('pair', { specs: [{ key: 'left' }], run: () => ({ assetKey: 'left' }) });
  // @ts-expect-error a multi-asset has no value
  expect(() => asset('c', { inputs: { pair }, run: () => 1 })).toThrow('inputs.pair is a multi-asset');
  const all = asset('c', { deps: [pair, raw, 'raw', ['raw']], run: () => 1 });
  expect(all.deps).toEqual(['left', 'raw', 'raw', 'raw']);
});

test('config and resources have the types of their definitions', () => {
  const db = resource({ config: z.object({ url: z.string() }), create: async ({ config }) => ({ url: config.url }) });
  expectTypeOf(db).toEqualTypeOf<ResourceDef<{ url: string }>>();
  const pool = resource({ deps: { db }, create: ({ deps, config }) => [deps.db.url, config] as const });
  expectTypeOf(pool).toEqualTypeOf<ResourceDef<readonly [string, undefined]>>();
  asset('a', {
    config: z.object({ limit: z.number().default(10) }),
    resources: { db },
    run(ctx) {
      expectTypeOf(ctx.config).toEqualTypeOf<{ limit: number }>();
      expectTypeOf(ctx.resources).toEqualTypeOf<{ readonly db: { url: string } }>();
      // @ts-expect-error the schema has no such key
      void ctx.config.limits;
      // @ts-expect-error no such resource was asked for
      void ctx.resources.pool;
    },
  });
  expect(pool.deps).toEqual({ db });
  asset('b', {
    run(ctx) {
      expectTypeOf(ctx.config).toEqualTypeOf<undefined>();
      // @ts-expect-error no resource was asked for
      void ctx.resources.db;
    },
  });
});

test('a check gets the value of its asset, unless it does not want it or cannot have it', () => {
  const raw = asset('raw', { run: () => ['line'] });
  const check = assetCheck(raw, { name: 'x', run: (_ctx, value) => ({ passed: value.length > 0 }) });
  expect(check.inputs).toEqual({ value: raw });
  assetCheck(raw, {
    name: 'x',
    load: false,
    run(_ctx, value) {
      expectTypeOf(value).toEqualTypeOf<undefined>();
      return { passed: true };
    },
  });
  assetCheck('raw', {
    name: 'x',
    run(_ctx, value) {
      expectTypeOf(value).toEqualTypeOf<undefined>();
      return { passed: true, severity: 'WARN' };
    },
  });
  // @ts-expect-error an outcome says whether it passed
  assetCheck(raw, { name: 'x', run: () => ({ severity: 'WARN' }) });
});

test('what a multi-asset yields is a report', () => {
  multiAsset('m', {
    specs: [{ key: 'a', checks: [{ name: 'ok' }] }],
    async *run() {
      yield* session.results();
      yield { assetKey: 'a', metadata: { rows: 1 } };
      yield { assetKey: ['a'], checkName: 'ok', passed: true };
    },
  });
  const drained = multiAsset('m', { specs: [{ key: 'a' }], run: async () => session.getResults() });
  expect(drained.assets).toHaveLength(1);
  multiAsset('m', {
    specs: [{ key: 'a' }],
    // @ts-expect-error a check says whether it passed
    async *run() {
      yield { assetKey: 'a', checkName: 'ok' };
    },
  });
});

test('the context of a step is what sessions and clients ask for', () => {
  expectTypeOf<StepContext>().toExtend<PipesExecutionContext>();
  expectTypeOf<StepContext<{ limit: number }>>().toExtend<PipesExecutionContext>();
  expect.assertions(0);
});
