// Three assets made by one process. Each is recorded when the process reports it, while the process goes on: run it, and
// watch them come one by one. When the process fails half-way, what it had reported stays recorded.
//
//   pipes run examples/multi-asset-streaming/assets.ts

import { PipesSubprocessClient } from 'pipes-orchestrator';
import { define, multiAsset } from 'pipes-runtime';

const subprocess = new PipesSubprocessClient();

const shop = multiAsset('shop', {
  specs: [{ key: 'customers' }, { key: 'products' }, { key: 'orders', deps: ['customers', 'products'] }],
  async *run(ctx) {
    yield* subprocess.stream({ context: ctx, command: 'node', args: ['shop.mjs'], cwd: import.meta.dirname });
  },
});

export const project = define({ assets: [shop] });
