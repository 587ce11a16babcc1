// Logs through the file channel. Answers with messages a second.
import { openDagsterPipes } from 'pipes-external';
import { messageOf } from './raw-line.ts';

const count = Number(process.argv[2]);
const pipes = await openDagsterPipes();
for (let index = 0; index < 2_000; index += 1) pipes.log.info(messageOf(index));
const start = process.hrtime.bigint();
for (let index = 0; index < count; index += 1) pipes.log.info(messageOf(index));
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
await pipes.close();
process.stderr.write(String(count / seconds));
