import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { PipesParams } from 'pipes-external/protocol';
import type { PipesSession } from 'pipes-orchestrator';

/** Runs a fixture with the bootstrap of a session, and resolves when it is gone. */
export async function launch(session: PipesSession, fixture: string, ...args: readonly string[]): Promise<void> {
  const path = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url));
  await execa(process.execPath, [path, ...args], { env: session.getBootstrapEnvVars(), stdin: 'ignore' });
}

/** A line, or bytes that are no text. */
export type RawLine = string | { readonly base64: string };

/** Runs a process that writes these lines to the message file and does nothing else. */
export async function launchWriting(session: PipesSession, lines: readonly RawLine[]): Promise<void> {
  await launch(session, 'write-lines.mjs', JSON.stringify(lines));
}

/** Where the context and the messages of a session are. */
export function filesOf(session: PipesSession): readonly string[] {
  return Object.values(session.getBootstrapParams()).flatMap(pathOf);
}

export function pathOf({ path }: PipesParams): readonly string[] {
  return typeof path === 'string' ? [path] : [];
}
