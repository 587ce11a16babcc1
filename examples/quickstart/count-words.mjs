import { readFile } from 'node:fs/promises';
import { runDagsterPipes } from 'pipes-external';

await runDagsterPipes(async (pipes) => {
  const text = await readFile(pipes.getExtra('file'), 'utf8');
  const words = text.match(/\w+/g) ?? [];
  pipes.log.info(`${words.length} words read`);
  pipes.reportAssetMaterialization({ metadata: { words: words.length, distinct: new Set(words).size } });
});
