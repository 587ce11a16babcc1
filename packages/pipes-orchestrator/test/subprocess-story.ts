import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PipesError } from 'pipes-external/protocol';
import {
  PipesSubprocessClient,
  type PipesSubprocessClientOptions,
  type PipesSubprocessCompletedInvocation,
  type PipesSubprocessRunOptions,
} from '../src/index.ts';
import { WatchedContext } from './watched-context.ts';

/** A script whose first argument is the name of the story it plays. */
export const CHILD = fileURLToPath(new URL('fixtures/child.mjs', import.meta.url));

export interface Story {
  readonly name: string;
  readonly context?: WatchedContext;
  readonly client?: PipesSubprocessClientOptions;
  readonly run?: Partial<PipesSubprocessRunOptions>;
}

export function optionsOf({ name, context = new WatchedContext(), run }: Story): PipesSubprocessRunOptions {
  return { context, command: [process.execPath, CHILD, name], ...run };
}

export async function tell(story: Story): Promise<PipesSubprocessCompletedInvocation> {
  return await new PipesSubprocessClient(story.client).run(optionsOf(story));
}

export async function failureOf(story: Story): Promise<PipesError> {
  const error: unknown = await tell(story).catch((thrown: unknown) => thrown);
  if (!PipesError.is(error)) throw new Error('It was to fail with a PipesError.', { cause: error });
  return error;
}

/** The process that was launched for a step. */
export function pidIn(context: WatchedContext): number {
  const launched = context.logged.find((entry) => entry.startsWith('info Launched')) ?? '';
  return Number(/process (\d+)\.$/.exec(launched)?.[1]);
}

/** Asks the system. A process that is dead and only was not reaped does not run. */
export function isRunning(pid: number): boolean {
  if (!(pid > 0)) throw new Error(`There is no process ${pid} to ask for.`);
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
