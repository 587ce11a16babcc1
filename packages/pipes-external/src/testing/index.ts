// pipes-external/testing: for tests of scripts that report over Pipes. Everything here is public API: add by name.

export { type RunWithTestPipesOptions, runWithTestPipes, type TestPipesRun } from './run-with-test-pipes.ts';
export type { TestAssetCheck, TestMaterialization, TestPipesReport } from './test-report.ts';
