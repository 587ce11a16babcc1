// An asset made by a program in another language that uses no Pipes library at all: the wire format is small enough to
// write by hand. docs/protocol.md has all of it.
//
//   pipes run examples/python-wire/assets.ts

import { PipesSubprocessClient } from 'pipes-orchestrator';
import { asset, define } from 'pipes-runtime';

const total = asset('total', {
  async run(ctx) {
    const invocation = await new PipesSubprocessClient().run({
      context: ctx,
      command: 'python3',
      args: ['report.py'],
      cwd: import.meta.dirname,
      extras: { numbers: [1, 2, 39.5] },
    });
    return invocation.getMaterializeResult();
  },
});

export const project = define({ assets: [total] });
