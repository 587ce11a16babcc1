import assert from 'node:assert/strict';
import { MetadataValue, PipesError } from 'pipes-external/protocol';
import type { NewEvent, RunEvent, RunEventBody } from '../../model/event.ts';
import type { EventCursor, EventLog, WatchedEvent } from '../event-log.ts';

export interface EventLogCase {
  readonly name: string;
  /** Rejects when the log, which must be empty, does not do as it must. */
  run(log: EventLog): Promise<void>;
}

const AT = new Date(Date.UTC(2024, 0, 1));

const of = (runId: string, body: RunEventBody): NewEvent => ({ ...body, runId, at: AT });
const said = (runId: string, message: string): NewEvent =>
  of(runId, { type: 'LOG', stepKey: 'a', level: 'info', message });
const made = (runId: string, assetKey: string, partition: string | null = null): NewEvent =>
  of(runId, {
    type: 'ASSET_MATERIALIZATION',
    stepKey: 'a',
    assetKey,
    partition,
    metadata: { rows: MetadataValue.int(12), big: MetadataValue.int(2n ** 70n), ratio: MetadataValue.float(1) },
    dataVersion: 'v1',
  });
const ended = (runId: string): NewEvent => of(runId, { type: 'RUN_SUCCESS' });

const texts = (events: readonly RunEvent[]): readonly string[] =>
  events.map((event) => (event.type === 'LOG' ? event.message : event.type));

async function collect(watched: AsyncIterable<WatchedEvent>): Promise<readonly RunEvent[]> {
  const seen: RunEvent[] = [];
  for await (const { event } of watched) seen.push(event);
  return seen;
}

const isConflict = (error: unknown): boolean => PipesError.is(error) && error.code === 'PIPES_STORAGE_CONFLICT';

/** What every EventLog must do. */
export const eventLogCases: readonly EventLogCase[] = [
  {
    name: 'appended events read back as they were given, in order, with rising ids',
    run: async (log) => {
      const given = [said('r1', 'one'), made('r1', 'a', '2012'), ended('r1')];
      const stored = await log.append(given);
      const { events, hasMore } = await log.forRun('r1', { limit: 10 });
      assert.deepEqual(events, stored);
      assert.equal(hasMore, false);
      assert.deepEqual(
        events,
        given.map((event, index) => ({ ...event, storageId: events[index]?.storageId })),
      );
      assert.ok(events.every((event, index) => index === 0 || event.storageId > (events[index - 1]?.storageId ?? 0)));
    },
  },
  {
    name: 'a run without events is an empty page, and its cursor reads on when they come',
    run: async (log) => {
      const empty = await log.forRun('r1', { limit: 10 });
      assert.deepEqual([empty.events, empty.hasMore], [[], false]);
      await log.append([said('r1', 'later')]);
      assert.deepEqual(texts((await log.forRun('r1', { limit: 10, after: empty.cursor })).events), ['later']);
    },
  },
  {
    name: 'pages give every event of a run once',
    run: async (log) => {
      for (let n = 0; n < 10; n += 1) await log.append([said('r1', `m${n}`), said('r2', 'other')]);
      const seen: string[] = [];
      let after: EventCursor | undefined;
      for (let hasMore = true; hasMore;) {
        const page = await log.forRun('r1', { limit: 4, after });
        seen.push(...texts(page.events));
        ({ hasMore, cursor: after } = page);
      }
      assert.deepEqual(
        seen,
        Array.from({ length: 10 }, (_, n) => `m${n}`),
      );
    },
  },
  {
    name: 'a filter by type keeps pages full, and knows whether there is more',
    run: async (log) => {
      await log.append([said('r1', 'a'), made('r1', 'x'), said('r1', 'b'), made('r1', 'y'), said('r1', 'c')]);
      const first = await log.forRun('r1', { limit: 1, types: ['ASSET_MATERIALIZATION'] });
      assert.deepEqual([texts(first.events), first.hasMore], [['ASSET_MATERIALIZATION'], true]);
      const second = await log.forRun('r1', { limit: 1, types: ['ASSET_MATERIALIZATION'], after: first.cursor });
      assert.deepEqual([second.events.length, second.hasMore], [1, false]);
    },
  },
  {
    name: 'events of an asset come from all runs',
    run: async (log) => {
      await log.append([made('r1', 'x'), made('r1', 'y'), said('r1', 'no asset')]);
      await log.append([made('r2', 'x')]);
      const { events } = await log.forAsset('x', { limit: 10 });
      assert.deepEqual(
        events.map((event) => event.runId),
        ['r1', 'r2'],
      );
      assert.deepEqual((await log.forAsset('none', { limit: 10 })).events, []);
    },
  },
  {
    name: 'appends at once keep each batch together',
    run: async (log) => {
      const batches = Array.from({ length: 20 }, (_, n) => [
        said('r1', `${n}a`),
        said('r1', `${n}b`),
        said('r1', `${n}c`),
      ]);
      await Promise.all(batches.map((batch) => log.append(batch)));
      const seen = texts((await log.forRun('r1', { limit: 100 })).events);
      assert.equal(seen.length, 60);
      for (let index = 0; index < seen.length; index += 3) {
        const batch = seen[index]?.slice(0, -1);
        assert.deepEqual(seen.slice(index, index + 3), [`${batch}a`, `${batch}b`, `${batch}c`]);
      }
    },
  },
  {
    name: 'watching gives what is there, then what comes, and ends with the run',
    run: async (log) => {
      await log.append([said('r1', 'before')]);
      const watched = collect(log.watch('r1'));
      await log.append([said('r2', 'of another run'), said('r1', 'after')]);
      await log.append([ended('r1'), said('r1', 'too late')]);
      assert.deepEqual(texts(await watched), ['before', 'after', 'RUN_SUCCESS']);
    },
  },
  {
    name: 'watching a run that has ended gives its events and ends',
    run: async (log) => {
      const stored = await log.append([said('r1', 'one'), ended('r1')]);
      assert.deepEqual(await collect(log.watch('r1')), stored);
      const { cursor } = await log.forRun('r1', { limit: 10 });
      assert.deepEqual(await collect(log.watch('r1', { after: cursor })), []);
    },
  },
  {
    name: 'many watchers from many places miss nothing and see nothing twice',
    run: async (log) => {
      const cursors: (EventCursor | undefined)[] = [undefined];
      for (let n = 0; n < 5; n += 1) {
        await log.append([said('r1', `m${n}`)]);
        cursors.push((await log.forRun('r1', { limit: 100 })).cursor);
      }
      const watched = cursors.map((after) => collect(log.watch('r1', { after })));
      for (let n = 5; n < 300; n += 1) await log.append([said('r1', `m${n}`)]);
      await log.append([ended('r1')]);
      const expected = [...Array.from({ length: 300 }, (_, n) => `m${n}`), 'RUN_SUCCESS'];
      for (const [index, events] of (await Promise.all(watched)).entries()) {
        assert.deepEqual(texts(events), expected.slice(index));
      }
    },
  },
  {
    name: 'a slow watcher holds nobody up',
    run: async (log) => {
      const slow = log.watch('r1')[Symbol.asyncIterator]();
      await log.append([said('r1', 'one')]);
      assert.equal((await slow.next()).done, false);
      const quick = collect(log.watch('r1'));
      await log.append([said('r1', 'two'), ended('r1')]);
      assert.equal((await quick).length, 3);
      assert.deepEqual(
        [(await slow.next()).done, (await slow.next()).done, (await slow.next()).done],
        [false, false, true],
      );
    },
  },
  {
    name: 'a watch that was cut off goes on after the last event that was taken',
    run: async (log) => {
      for (const message of ['one', 'two', 'three']) await log.append([said('r2', message), said('r1', message)]);
      await log.append([ended('r1')]);
      const taken: RunEvent[] = [];
      let after: EventCursor | undefined;
      for (let isMore = true; isMore;) {
        isMore = false;
        for await (const { event, cursor } of log.watch('r1', { after })) {
          [isMore, after] = [true, cursor];
          taken.push(event);
          break;
        }
      }
      assert.deepEqual(texts(taken), ['one', 'two', 'three', 'RUN_SUCCESS']);
    },
  },
  {
    name: 'what is no cursor is a conflict, and not taken for the start or the end',
    run: async (log) => {
      await log.append([made('r1', 'x'), ended('r1')]);
      for (const junk of ['junk', '', '-1', '1e3']) {
        const after = junk as EventCursor;
        await assert.rejects(log.forRun('r1', { limit: 1, after }), isConflict);
        await assert.rejects(log.forAsset('x', { limit: 1, after }), isConflict);
        await assert.rejects(async () => collect(log.watch('r1', { after })), isConflict);
      }
    },
  },
  {
    name: 'aborting ends a watch without an error, before and while it waits',
    run: async (log) => {
      await log.append([said('r1', 'one')]);
      assert.deepEqual(await collect(log.watch('r1', { signal: AbortSignal.abort() })), []);
      const controller = new AbortController();
      const watched = collect(log.watch('r1', { signal: controller.signal }));
      await log.append([said('r1', 'two')]);
      setImmediate(() => controller.abort());
      assert.deepEqual(texts(await watched), ['one', 'two']);
    },
  },
  {
    name: 'deleting a run forgets its events, ends its watchers, and is no error twice',
    run: async (log) => {
      await log.append([made('r1', 'x'), made('r2', 'x')]);
      const watched = collect(log.watch('r1'));
      setImmediate(() => void log.deleteRun('r1'));
      assert.equal((await watched).length, 1);
      await log.deleteRun('r1');
      assert.deepEqual((await log.forRun('r1', { limit: 10 })).events, []);
      assert.deepEqual(
        (await log.forAsset('x', { limit: 10 })).events.map((event) => event.runId),
        ['r2'],
      );
    },
  },
];
