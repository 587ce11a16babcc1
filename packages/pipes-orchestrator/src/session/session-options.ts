import { PipesError } from 'pipes-external/protocol';
import type { PipesContextInjector } from '../context-injectors/context-injector.ts';
import { PipesTempFileContextInjector } from '../context-injectors/temp-file.ts';
import type { OrchestratorErrorCode } from '../errors.ts';
import type { PipesExecutionContext } from '../execution-context.ts';
import type { PipesMessageReader } from '../message-readers/message-reader.ts';
import { PipesTempFileMessageReader } from '../message-readers/temp-file.ts';
import type { PipesSessionCursor } from './pipes-session.ts';
import type { Strictness } from './problem-log.ts';

export interface OpenPipesSessionOptions {
  /** The step that the external process works for. `{ runId: 'my-run' }` is enough. */
  readonly context: PipesExecutionContext;
  /** What else the external process is told. Any values; they travel as JSON. @default none */
  readonly extras?: Readonly<Record<string, unknown>> | undefined;
  /** How the context gets there. @default a `PipesTempFileContextInjector` */
  readonly contextInjector?: PipesContextInjector | undefined;
  /** How messages come back. @default a `PipesTempFileMessageReader` */
  readonly messageReader?: PipesMessageReader | undefined;
  /**
   * Whether a pipe that did not end well makes `close()` reject (`strict`), or only warns as Python's Dagster does.
   *
   * @default 'strict'
   */
  readonly strictness?: Strictness | undefined;
  /** Ends the session early, as does the signal of the context. */
  readonly signal?: AbortSignal | undefined;
  /** The cursor of an earlier session over the same channel, which ended without closing: goes on there. */
  readonly resumeAt?: PipesSessionCursor | undefined;
}

export interface ResolvedSessionOptions {
  readonly context: PipesExecutionContext;
  readonly extras: unknown;
  readonly contextInjector: PipesContextInjector;
  readonly messageReader: PipesMessageReader;
  readonly strictness: Strictness;
  /** Of the options and of the context. */
  readonly signals: readonly AbortSignal[];
  readonly resumeAt: PipesSessionCursor | undefined;
}

/** @throws PipesError PIPES_OPTION_INVALID naming the option */
export function resolveSessionOptions(options: OpenPipesSessionOptions): ResolvedSessionOptions {
  if (!isObject(options)) throw wrong('options', 'an object, { context, … }', options);
  const { context, contextInjector, messageReader, strictness = 'strict', signal, resumeAt } = options;
  if (!isObject(context)) throw wrong('context', 'an object, at least { runId }', context);
  if (typeof context.runId !== 'string' || context.runId === '') {
    throw wrong('context.runId', 'a string that is not empty', context.runId);
  }
  if (contextInjector !== undefined && !hasMethod(contextInjector, 'injectContext')) {
    throw wrong('contextInjector', 'a PipesContextInjector', contextInjector);
  }
  if (messageReader !== undefined && !hasMethod(messageReader, 'readMessages')) {
    throw wrong('messageReader', 'a PipesMessageReader', messageReader);
  }
  if (strictness !== 'strict' && strictness !== 'dagster') {
    throw wrong('strictness', "'strict' or 'dagster'", strictness);
  }
  if (resumeAt !== undefined && !isObject(resumeAt)) throw wrong('resumeAt', "a session's cursor", resumeAt);
  return {
    context,
    extras: options.extras,
    contextInjector: contextInjector ?? new PipesTempFileContextInjector(),
    messageReader: messageReader ?? new PipesTempFileMessageReader(),
    strictness,
    signals: [judgeSignal('signal', signal), judgeSignal('context.signal', context.signal)].flat(),
    resumeAt,
  };
}

function judgeSignal(name: string, signal: AbortSignal | undefined): readonly AbortSignal[] {
  if (signal === undefined) return [];
  if (!(signal instanceof AbortSignal)) throw wrong(name, 'an AbortSignal', signal);
  return [signal];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Not `instanceof`: a plug-in may extend another copy of the base class. */
function hasMethod(value: unknown, name: string): boolean {
  return isObject(value) && typeof (value as Record<string, unknown>)[name] === 'function';
}

function wrong(option: string, expected: string, given: unknown): PipesError<OrchestratorErrorCode> {
  const shown = typeof given === 'string' ? JSON.stringify(given) : given === null ? 'null' : typeof given;
  return new PipesError(
    'PIPES_OPTION_INVALID',
    `Cannot open a Pipes session: the option "${option}" must be ${expected}, and is ${shown}.`,
  );
}
