import type { ExecutionLog, PipesExecutionContext } from 'pipes-orchestrator';
import type { PipesStream } from 'pipes-external/protocol';

/** A step's context by hand, which keeps what is logged and printed. */
export class RecordingContext implements PipesExecutionContext {
  readonly runId = 'run-1';
  readonly assetKeys: readonly string[];
  readonly logged: string[] = [];
  readonly printed: string[] = [];

  constructor(assetKeys: readonly string[] = []) {
    this.assetKeys = assetKeys;
  }

  readonly log: ExecutionLog = {
    debug: (message) => void this.logged.push(`debug ${message}`),
    info: (message) => void this.logged.push(`info ${message}`),
    warning: (message) => void this.logged.push(`warning ${message}`),
    error: (message) => void this.logged.push(`error ${message}`),
    critical: (message) => void this.logged.push(`critical ${message}`),
  };

  readonly output = (stream: PipesStream, text: string): void => void this.printed.push(`${stream} ${text}`);
}
