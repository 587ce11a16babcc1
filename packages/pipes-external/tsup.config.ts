import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', 'protocol/index': 'src/protocol/index.ts', 'testing/index': 'src/testing/index.ts' },
  format: ['esm', 'cjs'],
  target: 'node18',
  splitting: true,
  sourcemap: true,
  keepNames: true,
  // Types that hold without @types/node: TypeScript then knows `Symbol.asyncDispose` only from here.
  dts: { banner: '/// <reference lib="esnext.disposable" />' },
  clean: true,
  removeNodeProtocol: false,
});
