import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { main: 'src/main.ts' },
  format: ['esm'],
  target: 'node22',
  sourcemap: true,
  keepNames: true,
  clean: true,
  removeNodeProtocol: false,
});
