import type { Figure, Measurement } from '../figure.ts';
import { answerOf, bootstrapFor, withTempDirectory } from '../child-process.ts';
import { join } from 'node:path';

export const memory: Figure = {
  name: 'memory',
  measure: () =>
    withTempDirectory(async (directory) => {
      const env = (count: number): NodeJS.ProcessEnv => bootstrapFor({ path: join(directory, `messages-${count}`) });
      return [
        growth('external process', (count) => answerOf('memory-of-writer.ts', [String(count)], env(count))),
        growth('orchestrator', (count) => answerOf('memory-of-reader.ts', [String(count)])),
      ].reduce<Promise<Measurement[]>>(async (done, next) => [...(await done), await next()], Promise.resolve([]));
    }),
};

function growth(end: string, peak: (count: number) => Promise<number>): () => Promise<Measurement> {
  return async () => {
    const few = await peak(10_000);
    const many = await peak(1_000_000);
    return {
      figure: `memory growth from 10,000 to 1,000,000 messages, ${end}`,
      against: '–',
      value: many - few,
      unit: 'MB',
      goal: { atMost: 32 },
      behind: `peak ${many.toFixed(0)} MB against ${few.toFixed(0)} MB`,
    };
  };
}
