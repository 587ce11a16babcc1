import type { PipesContextInjector } from '../context-injectors/context-injector.ts';
import { PipesTempFileContextInjector } from '../context-injectors/temp-file.ts';
import type { PipesExecutionContext } from '../execution-context.ts';
import { hasMethod, isObject, judgeSignal, wrongOption } from '../judge-option.ts';
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
  /**
   * The cursor of an earlier session over the same channel, which ended without closing: goes on there. The context is
   * injected anew; what the earlier session injected stays, since its external process may still want to load it.
   */
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

const OPENING = 'Cannot open a Pipes session';

/** @throws PipesError PIPES_OPTION_INVALID naming the option */
export function resolveSessionOptions(options: OpenPipesSessionOptions): ResolvedSessionOptions {
  if (!isObject(options)) throw wrongOption(OPENING, 'options', 'an object, { context, … }', options);
  const { context, contextInjector, messageReader, strictness = 'strict', signal, resumeAt } = options;
  judgeContext(OPENING, context);
  judgeEnds(OPENING, options);
  judgeSignal(OPENING, 'signal', signal);
  if (resumeAt !== undefined && !isObject(resumeAt)) {
    throw wrongOption(OPENING, 'resumeAt', "a session's cursor", resumeAt);
  }
  return {
    context,
    extras: options.extras,
    contextInjector: contextInjector ?? new PipesTempFileContextInjector(),
    messageReader: messageReader ?? new PipesTempFileMessageReader(),
    strictness,
    signals: [signal, context.signal].filter((each) => each !== undefined),
    resumeAt,
  };
}

/** @throws PipesError PIPES_OPTION_INVALID for what is not the context of a step */
export function judgeContext(owner: string, context: PipesExecutionContext): void {
  if (!isObject(context)) throw wrongOption(owner, 'context', 'an object, at least { runId }', context);
  if (typeof context.runId !== 'string' || context.runId === '') {
    throw wrongOption(owner, 'context.runId', 'a string that is not empty', context.runId);
  }
  judgeSignal(owner, 'context.signal', context.signal);
}

type Ends = Pick<OpenPipesSessionOptions, 'contextInjector' | 'messageReader' | 'strictness'>;

/** @throws PipesError PIPES_OPTION_INVALID for an end of the pipe that is none, and for an unknown strictness */
export function judgeEnds(owner: string, { contextInjector, messageReader, strictness = 'strict' }: Ends): void {
  if (contextInjector !== undefined && !hasMethod(contextInjector, 'injectContext')) {
    throw wrongOption(owner, 'contextInjector', 'a PipesContextInjector', contextInjector);
  }
  if (messageReader !== undefined && !hasMethod(messageReader, 'readMessages')) {
    throw wrongOption(owner, 'messageReader', 'a PipesMessageReader', messageReader);
  }
  if (!['strict', 'dagster'].includes(strictness)) {
    throw wrongOption(owner, 'strictness', "'strict' or 'dagster'", strictness);
  }
}
