// An asset made by a CommonJS script. The side that launches cannot tell the difference.
//
//   pipes run examples/commonjs-script/assets.ts

import { PipesSubprocessClient } from 'pipes-orchestrator';
import { asset, define } from 'pipes-runtime';

const greeting = asset('greeting', {
  async run(ctx) {
    const invocation = await new PipesSubprocessClient().run({
      context: ctx,
      command: 'node',
      args: ['script.cjs'],
      cwd: import.meta.dirname,
    });
    return invocation.getMaterializeResult();
  },
});

export const project = define({ assets: [greeting] });
