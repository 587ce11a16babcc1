// A TypeScript script under Python's Dagster: Node 22.18 or later runs it as it is, without a build, and it
// needs no other package than pipes-external. `definitions.py` beside it launches it.

import { MetadataValue, runDagsterPipes } from 'pipes-external';

const orders = [
  { id: 1, country: 'NO', total: 129.5 },
  { id: 2, country: 'DE', total: 40 },
  { id: 3, country: 'NO', total: 15.25 },
];

await runDagsterPipes((pipes) => {
  const country = pipes.getExtra('country') as string;
  const chosen = orders.filter((order) => order.country === country);
  pipes.log.info(`${chosen.length} of ${orders.length} orders are from ${country}`);

  pipes.reportAssetCheck({ checkName: 'not_empty', passed: chosen.length > 0 });
  pipes.reportAssetMaterialization({
    dataVersion: 'orders-2026-11',
    metadata: {
      rows: chosen.length,
      total: MetadataValue.float(chosen.reduce((sum, order) => sum + order.total, 0)),
      report: MetadataValue.md(chosen.map(({ id, total }) => `- order ${id}: ${total}`).join('\n')),
    },
  });
});
