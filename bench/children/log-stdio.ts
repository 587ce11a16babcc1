// Logs through the stdio channel, then ends without another turn of the event loop.
import { openDagsterPipes } from 'pipes-external';
import { messageOf } from './raw-line.ts';

const pipes = await openDagsterPipes();
for (let index = 0; index < Number(process.argv[2]); index += 1) pipes.log.info(messageOf(index));
process.exit(0);
