import { stderrLog } from '../../session/stderr-log.ts';
import type { PipesClient } from '../pipes-client.ts';
import { isNpmRun, parseCommand } from './command.ts';
import type { PipesSubprocessCompletedInvocation } from './completed-invocation.ts';
import { PipesSubprocessInvocation } from './invocation.ts';
import {
  judgeRunOptions,
  type PipesSubprocessClientOptions,
  type PipesSubprocessRunOptions,
  resolveClientOptions,
  type ResolvedClientOptions,
} from './options.ts';

/**
 * Runs commands on this machine as external processes. Each is the leader of its own process group: cancelling it ends all
 * that it started.
 */
export class PipesSubprocessClient implements PipesClient<PipesSubprocessRunOptions> {
  readonly #options: ResolvedClientOptions;

  /** @throws PipesError PIPES_OPTION_INVALID naming the option */
  constructor(options: PipesSubprocessClientOptions = {}) {
    this.#options = resolveClientOptions(options);
  }

  /**
   * Runs a command to its end. What it reported before it failed is lost with the rejection: {@link stream} hands it over.
   *
   * @throws PipesError PIPES_OPTION_INVALID; PIPES_LAUNCH_FAILED saying which of program, working directory and permission
   * is at fault; PIPES_CANCELLED when a signal or the time limit ended it; PIPES_PROCESS_FAILED for an exit code other than
   * 0, or a signal; PIPES_SESSION_FAILED for a pipe that did not end well; and as `openPipesSession`
   */
  async run(options: PipesSubprocessRunOptions): Promise<PipesSubprocessCompletedInvocation> {
    return await this.stream(options).completed;
  }

  /**
   * Launches a command and gives its results while it runs, for `yield*` in a step that streams.
   *
   * @throws PipesError PIPES_OPTION_INVALID
   */
  stream(options: PipesSubprocessRunOptions): PipesSubprocessInvocation {
    judgeRunOptions(options);
    const command = parseCommand(options.command, options.args);
    const log = options.context.log ?? stderrLog;
    if (isNpmRun(command)) {
      log.warning(
        `${command.text}: npm passes neither signals nor exit codes on reliably. Launch what the script runs instead.`,
      );
    }
    return new PipesSubprocessInvocation({ command, options, client: this.#options, log });
  }
}
