import {
  DAGSTER_PIPES_CONTEXT_CLI_ARGUMENT,
  DAGSTER_PIPES_MESSAGES_CLI_ARGUMENT,
  type PipesParams,
} from '../protocol/index.ts';
import { decodeNamedParam } from './decode-named-param.ts';
import { PipesParamsLoader } from './params-loader.ts';

/**
 * Finds the bootstrap values in the command line, as `--dagster-pipes-context VALUE` or `--dagster-pipes-context=VALUE`.
 * Other arguments are ignored; the last of several wins.
 */
export class PipesCliArgsParamsLoader extends PipesParamsLoader {
  readonly #args: readonly string[];

  /** @param args without the program itself */
  constructor(args: readonly string[] = process.argv.slice(2)) {
    super();
    this.#args = args;
  }

  override isDagsterPipesProcess(): boolean {
    return this.#args.some((arg) => isFlag(arg, DAGSTER_PIPES_CONTEXT_CLI_ARGUMENT));
  }

  override loadContextParams(): PipesParams {
    return this.#load(DAGSTER_PIPES_CONTEXT_CLI_ARGUMENT);
  }

  override loadMessagesParams(): PipesParams {
    return this.#load(DAGSTER_PIPES_MESSAGES_CLI_ARGUMENT);
  }

  #load(flag: string): PipesParams {
    const at = this.#args.map((arg) => isFlag(arg, flag)).lastIndexOf(true);
    const arg = this.#args[at];
    const word = arg === flag ? this.#args[at + 1] : arg?.slice(flag.length + 1);
    return decodeNamedParam(word, flag, 'the command line');
  }
}

function isFlag(arg: string, flag: string): boolean {
  return arg === flag || arg.startsWith(`${flag}=`);
}
