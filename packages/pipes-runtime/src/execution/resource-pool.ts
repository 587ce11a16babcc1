import { PipesError, toPipesException } from 'pipes-external/protocol';
import type { ExecutionLog } from 'pipes-orchestrator';
import type { ResourceDef, ResourceMap } from '../definitions/resource.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import type { RunEventBody } from '../model/event.ts';
import { withinGrace } from './within-grace.ts';

interface PoolParts {
  /** Names, as `define` was given them. */
  readonly resources: ReadonlyMap<string, ResourceDef>;
  readonly configs: ReadonlyMap<ResourceDef, unknown>;
  readonly log: ExecutionLog;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEventBody) => void;
  /** How long disposing one may take; then it is given up. */
  readonly graceMs: number;
}

interface Made {
  readonly name: string;
  readonly value: unknown;
}

/** The resources of one run: each made once, when first needed, and disposed in reverse order. */
export class ResourcePool {
  readonly #parts: PoolParts;
  readonly #names: ReadonlyMap<ResourceDef, string>;
  readonly #promises = new Map<ResourceDef, Promise<unknown>>();
  readonly #made: Made[] = [];
  #isDisposed = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#names = new Map(Array.from(parts.resources, ([name, each]) => [each, name]));
  }

  /** @throws PipesError PIPES_RESOURCE_FAILED when one cannot be made; it is not tried again in this run */
  async take(wanted: ResourceMap): Promise<Readonly<Record<string, unknown>>> {
    const aliases = Object.keys(wanted);
    const values = await Promise.all(Object.values(wanted).map((each) => this.#get(each)));
    return Object.fromEntries(aliases.map((alias, index) => [alias, values[index]]));
  }

  /** Disposes all, also when some fail to be. Returns those failures; each is an event too. */
  async dispose(): Promise<readonly PipesError<RuntimeErrorCode>[]> {
    this.#isDisposed = true;
    const failures: PipesError<RuntimeErrorCode>[] = [];
    for (const { name, value } of this.#made.toReversed()) {
      try {
        await this.#disposeInTime(value);
        this.#say(`Disposed resource "${name}".`);
      } catch (cause) {
        const failure = failed(`Resource "${name}" could not be disposed`, cause);
        failures.push(failure);
        this.#say(`Resource "${name}" could not be disposed.`, failure);
      }
    }
    return failures;
  }

  #get(resource: ResourceDef): Promise<unknown> {
    const known = this.#promises.get(resource);
    if (known !== undefined) return known;
    const made = this.#make(resource);
    this.#promises.set(resource, made);
    return made;
  }

  async #make(resource: ResourceDef): Promise<unknown> {
    const { configs, log, signal } = this.#parts;
    const name = this.#names.get(resource) ?? '';
    const deps = await this.take(resource.deps);
    try {
      const value = await resource.create({ config: configs.get(resource), deps, log, signal });
      await this.#keep({ name, value });
      return value;
    } catch (cause) {
      throw failed(`Resource "${name}" could not be made`, cause);
    }
  }

  /** A run does not wait for a step that ignores cancelling: what that step was waiting for may come when all is over. */
  async #keep(made: Made): Promise<void> {
    if (this.#isDisposed) {
      await disposeValue(made.value);
      throw new Error('the run is over');
    }
    this.#made.push(made);
    this.#say(`Made resource "${made.name}".`);
  }

  /** A resource that never closes must not keep the run from ending. */
  async #disposeInTime(value: unknown): Promise<void> {
    const { graceMs } = this.#parts;
    const tooLate = (): Error => new Error(`it did not close within ${graceMs} ms, and was given up`);
    await withinGrace(disposeValue(value), { signal: AbortSignal.abort(), graceMs, tooLate });
  }

  #say(message: string, error?: unknown): void {
    const exception = error === undefined ? null : toPipesException(error);
    this.#parts.emit({ type: 'ENGINE_EVENT', stepKey: null, message, error: exception });
  }
}

async function disposeValue(value: unknown): Promise<void> {
  if (typeof value !== 'object' || value === null) return;
  const disposable = value as Partial<AsyncDisposable & Disposable>;
  if (typeof disposable[Symbol.asyncDispose] === 'function') await disposable[Symbol.asyncDispose]?.();
  else if (typeof disposable[Symbol.dispose] === 'function') disposable[Symbol.dispose]?.();
}

function failed(what: string, cause: unknown): PipesError<RuntimeErrorCode> {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PipesError('PIPES_RESOURCE_FAILED', `${what}: ${why}`, { cause });
}
