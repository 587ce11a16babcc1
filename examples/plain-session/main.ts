// A session by hand, for who has an executor of their own: no runtime, no definitions. A context needs no more than a run
// id, and anything may be launched with the two environment variables: a process, a container, a job on a cluster.
//
//   node examples/plain-session/main.ts

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openPipesSession } from 'pipes-orchestrator';

await using session = await openPipesSession({ context: { runId: 'my-run-1' } });

const child = spawn(process.execPath, [join(import.meta.dirname, 'worker.mjs')], {
  env: { ...process.env, ...session.getBootstrapEnvVars() },
  stdio: 'inherit',
});
const [code] = (await once(child, 'exit')) as [number | null];
if (code !== 0) throw new Error(`the worker exited with ${code}`);

// The process is gone: this reads what is left, and rejects when the pipe did not end as it must.
await session.close();

for (const message of session.getCustomMessages()) console.log('message', message);
for (const result of session.getResults()) console.log('result', result);
