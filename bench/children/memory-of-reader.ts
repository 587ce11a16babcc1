// Reads COUNT log messages of a child through openPipesSession. Answers with its own peak memory in MB.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openPipesSession } from 'pipes-orchestrator';
import { scriptPath } from '../child-process.ts';

const ignore = (): void => {};
const log = { debug: ignore, info: ignore, warning: ignore, error: ignore, critical: ignore };
const session = await openPipesSession({ context: { runId: 'bench', log } });
const child = spawn(process.execPath, [scriptPath('memory-of-writer.ts'), process.argv[2] ?? ''], {
  env: { ...process.env, ...session.getBootstrapEnvVars() },
  stdio: 'ignore',
});
await once(child, 'exit');
await session.close();
process.stderr.write(String(process.resourceUsage().maxRSS / 1024));
