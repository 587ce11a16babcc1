import { PipesSubprocessClient } from 'pipes-orchestrator';
import { asset, define } from 'pipes-runtime';

const wordCount = asset('word_count', {
  async run(ctx) {
    const invocation = await new PipesSubprocessClient().run({
      context: ctx,
      command: 'node',
      args: ['count-words.mjs'],
      cwd: import.meta.dirname,
      extras: { file: 'alice.txt' },
    });
    return invocation.getMaterializeResult();
  },
});

export const project = define({ assets: [wordCount] });
