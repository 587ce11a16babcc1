// Logs COUNT messages through the file channel. Answers with its peak memory in MB.
import { openDagsterPipes } from 'pipes-external';
import { messageOf } from './raw-line.ts';

const pipes = await openDagsterPipes();
for (let index = 0; index < Number(process.argv[2]); index += 1) pipes.log.info(messageOf(index));
await pipes.close();
process.stderr.write(String(process.resourceUsage().maxRSS / 1024));
