import { deepEqual, match, notDeepEqual } from 'node:assert/strict';
import { decodeParam, encodeParam, type PipesContextData, type PipesParams } from 'pipes-external/protocol';
import type { PipesContextInjector } from '../context-injectors/context-injector.ts';

/** An injector, and what belongs to it on the other side. */
export interface InjectorPair {
  readonly injector: PipesContextInjector;
  /** What the context loader of the external process makes of the params. */
  readonly load: (params: PipesParams) => PipesContextData | Promise<PipesContextData>;
  /** Whether nothing is left of what the injector placed for these params. True where they hold the context themselves. */
  readonly isCleanedUp: (params: PipesParams) => boolean | Promise<boolean>;
}

export interface InjectorCase {
  readonly name: string;
  run(pair: InjectorPair): Promise<void>;
}

const CONTEXT: PipesContextData = {
  asset_keys: ['raw/orders', 'raw\\/v2/items'],
  code_version_by_asset_key: { 'raw/orders': '1', 'raw\\/v2/items': null },
  provenance_by_asset_key: {
    'raw/orders': { code_version: '1', input_data_versions: { src: 'ab12' }, is_user_provided: false },
    'raw\\/v2/items': null,
  },
  partition_key: '2024-01-01|日本',
  partition_key_range: { start: '2024-01-01|日本', end: '2024-01-01|日本' },
  partition_time_window: { start: '2024-01-01T00:00:00+00:00', end: '2024-01-02T00:00:00+00:00' },
  run_id: 'run-1',
  job_name: null,
  retry_number: 0,
  extras: {},
};

/** What every injector must do, with the loader that belongs to it. Plain data: `test.each(injectorCases)('$name', …)`. */
export const injectorCases: readonly InjectorCase[] = [
  roundTrip('a whole context arrives as it was', {}),
  roundTrip('text beyond ASCII arrives as it was', { text: 'é 日本 🎉 \u2028 "quoted" \\ \n', ключ: '\u0000' }),
  roundTrip('large integers arrive exact', { id: 12_345_678_901_234_567_890n, negative: -9_007_199_254_740_993n }),
  roundTrip('nested values arrive as they were', { a: [{ b: [[], {}, null, true, 1.5, ''] }] }),
  roundTrip('a megabyte of extras arrives', { big: 'x'.repeat(1024 * 1024) }),
  {
    name: 'params travel as JSON, and as a bootstrap word',
    async run({ injector }) {
      await using injected = await injector.injectContext(CONTEXT);
      deepEqual(JSON.parse(JSON.stringify(injected.params)), injected.params);
      deepEqual(decodeParam(encodeParam(injected.params)), injected.params);
    },
  },
  {
    name: 'nothing is left when the session is over',
    async run({ injector, isCleanedUp }) {
      const injected = await injector.injectContext(CONTEXT);
      await injected[Symbol.asyncDispose]();
      deepEqual(await isCleanedUp(injected.params), true);
    },
  },
  {
    name: 'one injector serves one session after another',
    async run({ injector, load }) {
      for (const run_id of ['run-1', 'run-2', 'run-3']) {
        await using injected = await injector.injectContext({ ...CONTEXT, run_id });
        deepEqual((await load(injected.params)).run_id, run_id);
      }
    },
  },
  {
    name: 'the debug text is a sentence',
    async run({ injector }) {
      match(injector.noMessagesDebugText(), /^\S.*\w.*\.$/s);
    },
  },
];

/** What an injector must do besides that makes a place of its own for each session. */
export const injectorIsolationCases: readonly InjectorCase[] = [
  {
    name: 'two sessions at once do not mix',
    async run({ injector, load }) {
      await using first = await injector.injectContext({ ...CONTEXT, run_id: 'run-1' });
      await using second = await injector.injectContext({ ...CONTEXT, run_id: 'run-2' });
      notDeepEqual(first.params, second.params);
      const loaded = [await load(first.params), await load(second.params)];
      deepEqual(
        loaded.map((context) => context.run_id),
        ['run-1', 'run-2'],
      );
    },
  },
];

function roundTrip(name: string, extras: PipesContextData['extras']): InjectorCase {
  return {
    name,
    async run({ injector, load }) {
      const context = { ...CONTEXT, extras };
      await using injected = await injector.injectContext(context);
      deepEqual(await load(injected.params), context);
    },
  };
}
