// A session by hand, for who has an executor of their own: no runtime, no definitions. A context needs no more than a run
// id, and anything may be launched with the two environment variables: a process, a container, a job on a cluster.
//
//   node examples/plain-session/main.ts

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { withPipesSession } from 'pipes-orchestrator';

// The session is closed when the function ends, however it ends. That reads what the process left, and rejects when the
// pipe did not end as it must.
const session = await withPipesSession({ context: { runId: 'my-run-1' } }, async (open) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'worker.mjs')], {
    env: { ...process.env, ...open.getBootstrapEnvVars() },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the worker exited with ${code}`);
  return open;
});

for (const message of session.getCustomMessages()) console.log('message', message);
for (const result of session.getResults()) console.log('result', result);
