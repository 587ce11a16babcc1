import { defineConfig } from 'vitest/config';

// Tests run on the sources of every package, before any build: the "@pipes/source" export
// condition points at src/. Child processes started by tests inherit it through NODE_OPTIONS.
const conditions = ['@pipes/source'];

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/setup/leftovers.ts'],
    env: { NODE_OPTIONS: `--conditions=${conditions.join(',')}` },
    reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
