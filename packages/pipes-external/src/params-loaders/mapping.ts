import { DAGSTER_PIPES_CONTEXT_ENV_VAR, DAGSTER_PIPES_MESSAGES_ENV_VAR, type PipesParams } from '../protocol/index.ts';
import { decodeNamedParam } from './decode-named-param.ts';
import { PipesParamsLoader } from './params-loader.ts';

/** Finds the bootstrap values in any object that carries them, such as the event of a serverless function. */
export class PipesMappingParamsLoader extends PipesParamsLoader {
  readonly #mapping: Readonly<Record<string, unknown>>;

  constructor(mapping: Readonly<Record<string, unknown>>) {
    super();
    this.#mapping = mapping;
  }

  override isDagsterPipesProcess(): boolean {
    return this.#mapping[DAGSTER_PIPES_CONTEXT_ENV_VAR] !== undefined;
  }

  override loadContextParams(): PipesParams {
    return this.#load(DAGSTER_PIPES_CONTEXT_ENV_VAR);
  }

  override loadMessagesParams(): PipesParams {
    return this.#load(DAGSTER_PIPES_MESSAGES_ENV_VAR);
  }

  #load(name: string): PipesParams {
    return decodeNamedParam(this.#mapping[name], name, this.describePlace());
  }

  /** Where the values were looked for, for errors. */
  protected describePlace(): string {
    return 'the mapping';
  }
}
