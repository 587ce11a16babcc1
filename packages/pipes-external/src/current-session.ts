import { AsyncLocalStorage } from 'node:async_hooks';
import type { PipesParamsLoader } from './params-loaders/params-loader.ts';
import type { PipesContext } from './pipes-context.ts';

/** The place of the one session that is open, or about to be. */
export interface SessionSlot {
  context?: PipesContext | undefined;
  opening?: Promise<PipesContext> | undefined;
  /** Whose params the session was opened with, where it was opened by them. */
  paramsLoader?: PipesParamsLoader | undefined;
}

interface SessionSlots {
  readonly process: SessionSlot;
  /** What a test runs has its own slot. */
  readonly scoped: AsyncLocalStorage<SessionSlot>;
}

const KEY = Symbol.for('pipes-external.sessions');
const shared = globalThis as { [KEY]?: SessionSlots };

/** Kept on `globalThis`, so that an ESM and a CJS copy of this package in one process share the session. */
function slots(): SessionSlots {
  shared[KEY] ??= { process: {}, scoped: new AsyncLocalStorage() };
  return shared[KEY];
}

/** The slot of the running code: the one of its test, or else of the process. */
export function currentSlot(): SessionSlot {
  return slots().scoped.getStore() ?? slots().process;
}

export function runInOwnSlot<T>(step: (slot: SessionSlot) => Promise<T>): Promise<T> {
  const slot: SessionSlot = {};
  return slots().scoped.run(slot, step, slot);
}
