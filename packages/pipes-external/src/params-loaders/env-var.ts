import { PipesMappingParamsLoader } from './mapping.ts';

/** Finds the bootstrap values in the environment. The default. */
export class PipesEnvVarParamsLoader extends PipesMappingParamsLoader {
  constructor(env: Readonly<Record<string, string | undefined>> = process.env) {
    super(env);
  }

  protected override describePlace(): string {
    return 'the environment';
  }
}
