// Sends the monotonic clock, a message every few milliseconds.
import { setTimeout } from 'node:timers/promises';
import { runDagsterPipes } from 'pipes-external';

await runDagsterPipes(async (pipes) => {
  for (let index = 0; index < Number(process.argv[2]); index += 1) {
    await setTimeout(7);
    pipes.log.info(String(process.hrtime.bigint()));
  }
});
