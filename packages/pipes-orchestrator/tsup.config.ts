import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' },
  format: ['esm'],
  target: 'node22',
  sourcemap: true,
  keepNames: true,
  dts: true,
  clean: true,
  removeNodeProtocol: false,
});
