// Reports one materialization for each of COUNT assets, in REPEATS sessions. Answers with materializations a second.
import { openDagsterPipes, PipesMappingParamsLoader } from 'pipes-external';
import { encodeParam } from 'pipes-external/protocol';

const [path = ''] = process.argv.slice(2);
const [count = 0, repeats = 0] = process.argv.slice(3).map(Number);

async function session(keys: readonly string[]): Promise<number> {
  const data = { asset_keys: keys, run_id: 'bench', retry_number: 0, extras: {} };
  const mapping = { DAGSTER_PIPES_CONTEXT: encodeParam({ data }), DAGSTER_PIPES_MESSAGES: encodeParam({ path }) };
  const pipes = await openDagsterPipes({ paramsLoader: new PipesMappingParamsLoader(mapping) });
  const start = process.hrtime.bigint();
  for (const assetKey of keys) pipes.reportAssetMaterialization({ assetKey, metadata: { rows: 12, source: 'bench' } });
  const elapsed = process.hrtime.bigint() - start;
  await pipes.close();
  return Number(elapsed) / 1e9;
}

const keysOf = (total: number): string[] => Array.from({ length: total }, (_, index) => `warehouse/table_${index}`);
for (let round = 0; round < 10; round += 1) await session(keysOf(1_000));
let seconds = 0;
for (let round = 0; round < repeats; round += 1) seconds += await session(keysOf(count));
process.stderr.write(String((count * repeats) / seconds));
