import { runDagsterPipes } from 'pipes-external';

await runDagsterPipes(async (pipes) => {
  for (let done = 1; done <= 3; done++) pipes.reportCustomMessage({ done, of: 3 });
  pipes.reportAssetMaterialization({ assetKey: 'report', metadata: { run: pipes.runId } });
});
