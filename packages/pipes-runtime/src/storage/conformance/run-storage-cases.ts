import assert from 'node:assert/strict';
import { PipesError } from 'pipes-external/protocol';
import type { Run, RunStatus } from '../../model/run.ts';
import type { RunCursor, RunsFilter, RunStorage } from '../run-storage.ts';

export interface RunStorageCase {
  readonly name: string;
  /** Rejects when the storage, which must be empty, does not do as it must. */
  run(storage: RunStorage): Promise<void>;
}

const at = (second: number): Date => new Date(Date.UTC(2024, 0, 1, 0, 0, second));

function someRun(runId: string, parts: Partial<Run> = {}): Run {
  return {
    runId,
    jobName: 'assets',
    tags: {},
    config: { assets: { a: { n: 1 } } },
    assetSelection: ['a', String.raw`b/c\/d`],
    checkSelection: [{ assetKey: 'a', checkName: 'ok' }],
    partitionKeys: ['2012', '2013'],
    ...parts,
  };
}

const isConflict = (error: unknown): boolean => PipesError.is(error) && error.code === 'PIPES_STORAGE_CONFLICT';

async function ids(storage: RunStorage, filter: RunsFilter): Promise<readonly string[]> {
  const { records } = await storage.list(filter, { limit: 100 });
  return records.map((record) => record.run.runId);
}

async function moveThrough(storage: RunStorage, runId: string, path: readonly RunStatus[]): Promise<void> {
  for (const to of path) assert.equal((await storage.transition(runId, to, at(5))).applied, true, `to ${to}`);
}

/** What every RunStorage must do. */
export const runStorageCases: readonly RunStorageCase[] = [
  {
    name: 'an added run reads back as it was given, not started',
    run: async (storage) => {
      const added = await storage.add(someRun('r1', { tags: { team: 'x' } }), at(0));
      assert.deepEqual(await storage.get('r1'), added);
      assert.deepEqual(added.run, someRun('r1', { tags: { team: 'x' } }));
      assert.deepEqual(
        [added.status, added.createdAt, added.updatedAt, added.startedAt, added.endedAt],
        ['NOT_STARTED', at(0), at(0), null, null],
      );
    },
  },
  {
    name: 'an unknown run reads as undefined',
    run: async (storage) => assert.equal(await storage.get('none'), undefined),
  },
  {
    name: 'a second run of the same id is a conflict, and the first stays',
    run: async (storage) => {
      await storage.add(someRun('r1', { jobName: 'first' }), at(0));
      await assert.rejects(storage.add(someRun('r1', { jobName: 'second' }), at(1)), isConflict);
      assert.equal((await storage.get('r1'))?.run.jobName, 'first');
    },
  },
  {
    name: 'of many adds of one id at once, one wins',
    run: async (storage) => {
      const adds = Array.from({ length: 10 }, (_, n) => storage.add(someRun('r1', { jobName: `job-${n}` }), at(n)));
      const results = await Promise.allSettled(adds);
      assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
    },
  },
  {
    name: 'a run moves as the state machine allows, and its times follow',
    run: async (storage) => {
      await storage.add(someRun('r1'), at(0));
      assert.deepEqual(await storage.transition('r1', 'STARTING', at(1)), { applied: true, status: 'STARTING' });
      assert.deepEqual(await storage.transition('r1', 'STARTED', at(2)), { applied: true, status: 'STARTED' });
      assert.deepEqual(await storage.transition('r1', 'SUCCESS', at(3)), { applied: true, status: 'SUCCESS' });
      const record = await storage.get('r1');
      assert.deepEqual(
        [record?.status, record?.createdAt, record?.startedAt, record?.endedAt, record?.updatedAt],
        ['SUCCESS', at(0), at(2), at(3), at(3)],
      );
    },
  },
  {
    name: 'a move that is not allowed changes nothing and says where the run is',
    run: async (storage) => {
      const added = await storage.add(someRun('r1'), at(0));
      assert.deepEqual(await storage.transition('r1', 'SUCCESS', at(1)), { applied: false, status: 'NOT_STARTED' });
      assert.deepEqual(await storage.get('r1'), added);
    },
  },
  {
    name: 'a terminal status never changes',
    run: async (storage) => {
      const paths: readonly (readonly RunStatus[])[] = [
        ['STARTING', 'STARTED', 'SUCCESS'],
        ['STARTING', 'FAILURE'],
        ['STARTING', 'STARTED', 'CANCELING', 'CANCELED'],
      ];
      const all: readonly RunStatus[] = [
        'QUEUED',
        'STARTING',
        'STARTED',
        'CANCELING',
        'SUCCESS',
        'FAILURE',
        'CANCELED',
      ];
      for (const [index, path] of paths.entries()) {
        await storage.add(someRun(`r${index}`), at(0));
        await moveThrough(storage, `r${index}`, path);
        const before = await storage.get(`r${index}`);
        for (const to of all) {
          assert.deepEqual(await storage.transition(`r${index}`, to, at(9)), { applied: false, status: path.at(-1) });
        }
        assert.deepEqual(await storage.get(`r${index}`), before);
      }
    },
  },
  {
    name: 'of many terminal moves at once, one is applied and all see it',
    run: async (storage) => {
      await storage.add(someRun('r1'), at(0));
      await moveThrough(storage, 'r1', ['STARTING', 'STARTED']);
      const wanted: readonly RunStatus[] = ['SUCCESS', 'FAILURE', 'CANCELED', 'SUCCESS', 'FAILURE'];
      const results = await Promise.all(wanted.map((to) => storage.transition('r1', to, at(2))));
      const applied = results.filter((result) => result.applied);
      assert.equal(applied.length, 1);
      assert.equal((await storage.get('r1'))?.status, applied[0]?.status);
    },
  },
  {
    name: 'moving an unknown run is a conflict',
    run: async (storage) => assert.rejects(storage.transition('none', 'STARTING', at(0)), isConflict),
  },
  {
    name: 'lists newest first, by every filter at once, and an empty list of ids means none',
    run: async (storage) => {
      await storage.add(someRun('r1', { tags: { team: 'x', env: 'dev' } }), at(3));
      await storage.add(someRun('r2', { tags: { team: 'x' }, jobName: 'other' }), at(2));
      await storage.add(someRun('r3', { tags: { team: 'y' } }), at(1));
      await moveThrough(storage, 'r3', ['STARTING']);
      assert.deepEqual(await ids(storage, {}), ['r3', 'r2', 'r1']);
      assert.deepEqual(await ids(storage, { runIds: ['r1', 'r3', 'none'] }), ['r3', 'r1']);
      assert.deepEqual(await ids(storage, { runIds: [] }), []);
      assert.deepEqual(await ids(storage, { jobName: 'other' }), ['r2']);
      assert.deepEqual(await ids(storage, { statuses: ['STARTING'] }), ['r3']);
      assert.deepEqual(await ids(storage, { tags: { team: 'x' } }), ['r2', 'r1']);
      assert.deepEqual(await ids(storage, { tags: { team: 'x', env: 'dev' } }), ['r1']);
      assert.deepEqual(await ids(storage, { tags: { team: 'x' }, jobName: 'assets' }), ['r1']);
    },
  },
  {
    name: 'pages give every run once, also when runs are added between',
    run: async (storage) => {
      for (let n = 0; n < 7; n += 1) await storage.add(someRun(`r${n}`), at(n));
      const seen: string[] = [];
      let after: RunCursor | undefined;
      for (let hasMore = true; hasMore;) {
        const page = await storage.list({}, { limit: 3, after });
        seen.push(...page.records.map((record) => record.run.runId));
        if (after === undefined) await storage.add(someRun('late'), at(9));
        ({ hasMore, cursor: after } = page);
      }
      assert.deepEqual(seen, ['r6', 'r5', 'r4', 'r3', 'r2', 'r1', 'r0']);
      assert.deepEqual((await storage.list({}, { limit: 3, after })).records, []);
    },
  },
  {
    name: 'what is no cursor is a conflict',
    run: async (storage) => {
      for (const junk of ['junk', '', '-1', '1e3']) {
        await assert.rejects(storage.list({}, { limit: 1, after: junk as RunCursor }), isConflict);
      }
    },
  },
  {
    name: 'a deleted run is gone, and deleting it again is no error',
    run: async (storage) => {
      await storage.add(someRun('r1'), at(0));
      await storage.delete('r1');
      await storage.delete('r1');
      assert.equal(await storage.get('r1'), undefined);
      assert.deepEqual(await ids(storage, {}), []);
    },
  },
];
