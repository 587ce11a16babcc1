import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', 'storage/conformance/index': 'src/storage/conformance/index.ts' },
  format: ['esm'],
  target: 'node22',
  sourcemap: true,
  keepNames: true,
  dts: true,
  clean: true,
  removeNodeProtocol: false,
});
