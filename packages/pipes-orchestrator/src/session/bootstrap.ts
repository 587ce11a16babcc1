import {
  DAGSTER_PIPES_CONTEXT_CLI_ARGUMENT,
  DAGSTER_PIPES_CONTEXT_ENV_VAR,
  DAGSTER_PIPES_MESSAGES_CLI_ARGUMENT,
  DAGSTER_PIPES_MESSAGES_ENV_VAR,
  encodeParam,
  type PipesParams,
} from 'pipes-external/protocol';

/** The two bootstrap words of one session, in each spelling. */
export class Bootstrap {
  readonly params: Readonly<Record<string, PipesParams>>;
  readonly envVars: Readonly<Record<string, string>>;
  readonly cliArguments: Readonly<Record<string, string>>;

  /** @throws TypeError for params that are not JSON */
  constructor(context: PipesParams, messages: PipesParams) {
    const contextWord = encodeParam(context);
    const messagesWord = encodeParam(messages);
    this.params = { [DAGSTER_PIPES_CONTEXT_ENV_VAR]: context, [DAGSTER_PIPES_MESSAGES_ENV_VAR]: messages };
    this.envVars = { [DAGSTER_PIPES_CONTEXT_ENV_VAR]: contextWord, [DAGSTER_PIPES_MESSAGES_ENV_VAR]: messagesWord };
    this.cliArguments = {
      [DAGSTER_PIPES_CONTEXT_CLI_ARGUMENT]: contextWord,
      [DAGSTER_PIPES_MESSAGES_CLI_ARGUMENT]: messagesWord,
    };
  }
}
