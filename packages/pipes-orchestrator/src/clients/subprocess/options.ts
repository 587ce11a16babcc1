import { fileURLToPath } from 'node:url';
import type { PipesContextInjector } from '../../context-injectors/context-injector.ts';
import { isObject, judgeSignal, MAX_TIMER_MS, wrongOption } from '../../judge-option.ts';
import type { PipesMessageReader } from '../../message-readers/message-reader.ts';
import type { Strictness } from '../../session/problem-log.ts';
import { judgeContext, judgeEnds } from '../../session/session-options.ts';
import type { PipesClientRunOptions } from '../pipes-client.ts';
import type { EnvVars, InheritEnv } from './child-env.ts';

/**
 * What becomes of the output of a process, other than messages in it. `forward`: to `output` of the step's context, or to
 * this process's own stdout and stderr. `capture`: its last bytes are kept, in `stdout` and `stderr` of the completed
 * invocation. `ignore`: nothing. Whichever it is, the last lines of stderr are in the error of a process that fails.
 *
 * With a reader that includes stdio in messages, `forward` shows output twice: as it is printed, and as it is reported.
 */
export type SubprocessStdio = 'forward' | 'capture' | 'ignore';

export interface PipesSubprocessClientOptions {
  /** Added to the inherited environment; `undefined` takes a variable away. */
  readonly env?: EnvVars | undefined;
  /** @default that of this process */
  readonly cwd?: string | URL | undefined;
  /** @default a `PipesTempFileContextInjector` */
  readonly contextInjector?: PipesContextInjector | undefined;
  /** @default a `PipesTempFileMessageReader` */
  readonly messageReader?: PipesMessageReader | undefined;
  /** Whether a pipe that did not end well fails the run, or only warns. @default 'strict' */
  readonly strictness?: Strictness | undefined;
  /** @default 'forward' */
  readonly stdio?: SubprocessStdio | undefined;
  /** How many of the last bytes of each stream are captured. @default 1 MiB */
  readonly captureBytes?: number | undefined;
  /**
   * How much of this process's environment, where secrets live, the child gets: all, nothing, or the variables named. PATH
   * is always handed on. @default true
   */
  readonly inheritEnv?: InheritEnv | undefined;
  /** Have the process and what it started terminate when this process exits. @default true */
  readonly forwardTermination?: boolean | undefined;
  /** How long a cancelled process may clean up after SIGTERM before it is killed. @default 10_000 */
  readonly terminationGraceMs?: number | undefined;
}

/** What to launch. Arguments appear in logs and errors: secrets belong in `env`. */
export interface PipesSubprocessRunOptions extends PipesClientRunOptions {
  /** The program, or the program with its arguments. No shell reads it. */
  readonly command: string | readonly string[];
  readonly args?: readonly string[] | undefined;
  /** Wins over the client's; the bootstrap wins over both. */
  readonly env?: EnvVars | undefined;
  readonly cwd?: string | URL | undefined;
  /** Cancels, as does the signal of the context. */
  readonly signal?: AbortSignal | undefined;
  /** Cancels a process that runs longer than this. @default none */
  readonly timeoutMs?: number | undefined;
}

export interface ResolvedClientOptions extends PipesSubprocessClientOptions {
  readonly stdio: SubprocessStdio;
  readonly captureBytes: number;
  readonly inheritEnv: InheritEnv;
  readonly forwardTermination: boolean;
  readonly terminationGraceMs: number;
}

const CLIENT = 'PipesSubprocessClient';

/** @throws PipesError PIPES_OPTION_INVALID naming the option */
export function resolveClientOptions(options: PipesSubprocessClientOptions): ResolvedClientOptions {
  const { stdio = 'forward', captureBytes = 1024 * 1024, terminationGraceMs = 10_000 } = options;
  const { inheritEnv = true, forwardTermination = true } = options;
  if (!['forward', 'capture', 'ignore'].includes(stdio)) {
    throw wrongOption(CLIENT, 'stdio', "'forward', 'capture' or 'ignore'", stdio);
  }
  if (typeof inheritEnv !== 'boolean' && !isListOfStrings(inheritEnv)) {
    throw wrongOption(CLIENT, 'inheritEnv', 'true, false or a list of names', inheritEnv);
  }
  judgeEnds(CLIENT, options);
  judgeAmount(CLIENT, 'captureBytes', captureBytes);
  judgeAmount(CLIENT, 'terminationGraceMs', terminationGraceMs);
  return { ...options, stdio, captureBytes, inheritEnv, forwardTermination, terminationGraceMs };
}

const LAUNCH = 'Cannot launch a subprocess';

/** @throws PipesError PIPES_OPTION_INVALID naming the option */
export function judgeRunOptions(options: PipesSubprocessRunOptions): void {
  if (!isObject(options)) throw wrongOption(LAUNCH, 'options', 'an object, { context, command, … }', options);
  const { context, command, args, signal, timeoutMs } = options;
  judgeContext(LAUNCH, context);
  if (typeof command !== 'string' && !isListOfStrings(command)) {
    throw wrongOption(LAUNCH, 'command', "a program, or ['program', 'argument', …]", command);
  }
  if (args !== undefined && !isListOfStrings(args)) throw wrongOption(LAUNCH, 'args', 'a list of strings', args);
  judgeSignal(LAUNCH, 'signal', signal);
  judgeAmount(LAUNCH, 'timeoutMs', timeoutMs);
}

function judgeAmount(owner: string, option: string, value: number | undefined): void {
  if (value === undefined || (typeof value === 'number' && value >= 0 && value <= MAX_TIMER_MS)) return;
  throw wrongOption(owner, option, 'a number from 0', value);
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** @returns an absolute path, or one relative to this process's working directory */
export function resolveCwd(cwd: string | URL | undefined): string {
  if (cwd === undefined) return process.cwd();
  return cwd instanceof URL ? fileURLToPath(cwd) : cwd;
}
