// Makes three tables, one after the other, and reports each as soon as it is there.

import { setTimeout as sleep } from 'node:timers/promises';
import { runDagsterPipes } from 'pipes-external';

const tables = { customers: 120, products: 45, orders: 310 };

await runDagsterPipes(async (pipes) => {
  for (const [assetKey, rows] of Object.entries(tables)) {
    await sleep(500); // The work.
    pipes.log.info(`${rows} rows of ${assetKey}`);
    pipes.reportAssetMaterialization({ assetKey, metadata: { rows } });
  }
});
