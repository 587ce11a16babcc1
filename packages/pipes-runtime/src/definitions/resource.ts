import type { ExecutionLog } from 'pipes-orchestrator';
import type { z } from 'zod';
import { optionProblems, refuse } from './option-rules.ts';
import { SHAPES } from './option-shapes.ts';

declare const VALUE: unique symbol;

export type ConfigSchema = z.ZodType | undefined;

/** What a config schema gives to who asked for it: nothing where there is none. */
export type ConfigOf<C extends ConfigSchema> = C extends z.ZodType ? z.output<C> : undefined;

/** Something that steps share in a run: a connection, a client, a folder. Made by {@link resource}. */
export interface ResourceDef<T = unknown> {
  readonly kind: 'resource';
  readonly config: ConfigSchema;
  readonly deps: ResourceMap;
  readonly create: (init: ResourceInit<unknown, Readonly<Record<string, unknown>>>) => unknown;
  /** Only in the types: what `create` makes. */
  readonly [VALUE]?: () => T;
}

export type ResourceMap = Readonly<Record<string, ResourceDef>>;

/** What resources are to who uses them, by the names that he gave them. */
export type ResourceValues<R extends ResourceMap> = {
  readonly [K in keyof R]: R[K] extends ResourceDef<infer T> ? T : never;
};

export interface ResourceInit<C, D> {
  readonly config: C;
  readonly deps: D;
  readonly log: ExecutionLog;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
}

export interface ResourceOptions<T, C extends ConfigSchema, D extends ResourceMap> {
  /** Read from `config.resources.<name>` of the run. */
  readonly config?: C | undefined;
  readonly deps?: D | undefined;
  readonly create: (init: ResourceInit<ConfigOf<C>, ResourceValues<D>>) => T | Promise<T>;
}

/** No names at all: what a map is that was not given. */
export type None = { readonly [name: symbol]: never };

/**
 * Defines a resource. A run makes it when the first step needs it, once, and gives the same value to every step. What is
 * made and has `Symbol.asyncDispose` or `Symbol.dispose` is disposed when the run ends, also when it fails, in the reverse
 * order of making. The name of the resource is the one that `define({ resources })` gives it.
 *
 * @throws PipesError PIPES_DEFINITION_INVALID for options that it does not take, or of the wrong type, all at once
 */
export function resource<T, C extends ConfigSchema = undefined, D extends ResourceMap = None>(
  options: ResourceOptions<T, C, D>,
): ResourceDef<Awaited<T>> {
  refuse(optionProblems('a resource', options, SHAPES.resource));
  return {
    kind: 'resource',
    config: options.config,
    deps: options.deps ?? {},
    create: options.create as unknown as ResourceDef['create'],
  };
}
