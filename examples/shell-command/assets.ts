// A command that knows nothing of Pipes, as an asset. What the client still gives it: cancellation of all that it starts, and
// an error with the exit code and the last lines of stderr when it fails.
//
//   pipes run examples/shell-command/assets.ts
//
// A process that never opens its Pipes session fails its step, since most often it is broken: the wrong script, an import
// that failed, a variable that got lost on the way. Here silence is expected, so this client is told to be as tolerant as
// Python's Dagster: a pipe that did not end well is a warning. An exit code other than 0 fails the step as ever. Use such a
// client for such commands only; one that scripts with Pipes share would hide what they lose.

import { PipesSubprocessClient } from 'pipes-orchestrator';
import { asset, define, result } from 'pipes-runtime';

const tolerant = new PipesSubprocessClient({ strictness: 'dagster', stdio: 'capture' });

const wordList = asset('word_list', {
  async run(ctx) {
    const { stdout, metadata } = await tolerant.run({
      context: ctx,
      // A pipeline needs a shell: the client itself starts programs, and no shell reads their arguments.
      command: ['sh', '-c', 'tr "[:upper:]" "[:lower:]" < words.txt | sort -u'],
      cwd: import.meta.dirname,
    });
    const words = stdout.trim().split('\n');
    return result({ value: words, metadata: { ...metadata, words: words.length, first: words[0] } });
  },
});

export const project = define({ assets: [wordList] });
