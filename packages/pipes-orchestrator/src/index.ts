// pipes-orchestrator: what a program needs that launches external processes and takes what they report. Everything here is
// public API: add by name, each under the folder that it is of. The protocol itself is at "pipes-external/protocol", the
// proofs for plug-ins are at "pipes-orchestrator/testing".

// session
export { openPipesSession, withPipesSession } from './session/open-pipes-session.ts';
export type { OpenPipesSessionOptions } from './session/session-options.ts';
export type { Strictness } from './session/problem-log.ts';
export type {
  GetResultsOptions,
  PipesSession,
  PipesSessionCursor,
  ResultStreamOptions,
} from './session/pipes-session.ts';
export type { SessionProblem, SessionProblemKind } from './session/problem.ts';
export type { ExecutionLog, PipesExecutionContext } from './execution-context.ts';
export {
  getAssetCheckResult,
  getMaterializeResult,
  type PipesAssetCheckResult,
  type PipesCheckedMaterializeResult,
  type PipesExecutionResult,
  type PipesMaterializeResult,
} from './results.ts';
export type { OrchestratorErrorCode } from './errors.ts';
export { PipesError } from 'pipes-external/protocol';

// context-injectors
export { type InjectedContext, PipesContextInjector } from './context-injectors/context-injector.ts';
export { PipesEnvContextInjector, type PipesEnvContextInjectorOptions } from './context-injectors/env.ts';
export { PipesFileContextInjector } from './context-injectors/file.ts';
export { PipesTempFileContextInjector } from './context-injectors/temp-file.ts';

// message-readers
export {
  type ChannelProblem,
  type MessageBatch,
  type MessageChannel,
  type MessageSink,
  type OutputMessageChannel,
  PipesMessageReader,
  type ReadMessagesOptions,
  type ReceivedLine,
} from './message-readers/message-reader.ts';
export { PipesFileMessageReader, type PipesFileMessageReaderOptions } from './message-readers/file.ts';
export {
  PipesStdioMessageReader,
  type PipesStdioMessageReaderOptions,
  StdioMessageChannel,
} from './message-readers/stdio.ts';
export { PipesTempFileMessageReader, type PipesTempFileMessageReaderOptions } from './message-readers/temp-file.ts';

// clients
export {
  type PipesClient,
  PipesClientCompletedInvocation,
  type PipesClientRunOptions,
} from './clients/pipes-client.ts';
export { PipesSubprocessClient } from './clients/subprocess/subprocess-client.ts';
export type {
  PipesSubprocessClientOptions,
  PipesSubprocessRunOptions,
  SubprocessStdio,
} from './clients/subprocess/options.ts';
export { PipesSubprocessCompletedInvocation } from './clients/subprocess/completed-invocation.ts';
export { PipesSubprocessInvocation } from './clients/subprocess/invocation.ts';
