import type { Metadata, PipesStream } from 'pipes-external/protocol';
import type { PipesSession } from '../../session/pipes-session.ts';
import { PipesClientCompletedInvocation } from '../pipes-client.ts';

/**
 * A process that succeeded. Its metadata: `subprocess/pid`, `subprocess/exit_code`, `subprocess/duration_ms`.
 */
export class PipesSubprocessCompletedInvocation extends PipesClientCompletedInvocation {
  /** The last of what it printed, with `stdio: 'capture'`; empty otherwise. */
  readonly stdout: string;
  readonly stderr: string;

  constructor(session: PipesSession, metadata: Metadata, { stdout, stderr }: Readonly<Record<PipesStream, string>>) {
    super(session, metadata);
    this.stdout = stdout;
    this.stderr = stderr;
  }
}
