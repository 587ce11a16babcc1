import type { EventLog, RunStorage } from 'pipes-runtime';

/** A log that appends otherwise. */
export function appending(log: EventLog, append: EventLog['append']): EventLog {
  return {
    append,
    forRun: (runId, page) => log.forRun(runId, page),
    forAsset: (assetKey, page) => log.forAsset(assetKey, page),
    watch: (runId, options) => log.watch(runId, options),
    deleteRun: (runId) => log.deleteRun(runId),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

/** A storage that moves runs otherwise. */
export function moving(runs: RunStorage, transition: RunStorage['transition']): RunStorage {
  return {
    add: (run, at) => runs.add(run, at),
    get: (runId) => runs.get(runId),
    list: (filter, page) => runs.list(filter, page),
    transition,
    delete: (runId) => runs.delete(runId),
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  };
}
