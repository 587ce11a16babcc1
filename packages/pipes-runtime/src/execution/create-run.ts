import type { Instance } from '../instance/instance.ts';
import { plannedEvents } from './planned-events.ts';
import type { ResolvedRun } from './resolve-run.ts';
import type { RunLedger } from './run-ledger.ts';

/**
 * Puts a run on record, with what it is about to make: somebody may now work it. Resolves with whether it is free to be
 * worked, which it is not when somebody else moved it already.
 *
 * @throws PipesError PIPES_RUN_FAILED when it cannot be recorded, and what the storage throws that cannot add it
 */
export async function createRun(instance: Instance, resolved: ResolvedRun, ledger: RunLedger): Promise<boolean> {
  await instance.runs.add(resolved.run, new Date());
  return await ledger.guard(async () => {
    ledger.recorder.emitAll(plannedEvents(resolved));
    return await ledger.move({ type: 'RUN_STARTING' });
  });
}
