import { join } from 'node:path';
import { answerOf, bootstrapFor, withTempDirectory } from '../child-process.ts';
import type { Figure, Measurement } from '../figure.ts';
import { median } from '../statistics.ts';

const FEW = 10_000;
const MANY = 1_000_000;
const ROUNDS = 3;

/** V8 lets its young generation grow to some 40 MB in any program that allocates for long. Held small, what is kept shows. */
const SMALL_YOUNG_GENERATION = { NODE_OPTIONS: '--max-semi-space-size=2' };

export const memory: Figure = {
  name: 'memory',
  measure: () =>
    withTempDirectory(async (directory) => {
      let file = 0;
      const path = (): string => join(directory, `messages-${(file += 1)}`);
      const raw = (env: NodeJS.ProcessEnv) => (count: number) =>
        answerOf('memory-of-raw-writer.ts', [String(count), path()], env);
      const writer = (env: NodeJS.ProcessEnv) => (count: number) =>
        answerOf('memory-of-writer.ts', [String(count)], { ...env, ...bootstrapFor({ path: path() }) });
      const reader = (env: NodeJS.ProcessEnv) => (count: number) =>
        answerOf('memory-of-reader.ts', [String(count)], env);
      const baseline = await growth(raw({}));
      return [
        await measureEnd('external process', { peak: writer, env: SMALL_YOUNG_GENERATION, baseline }),
        await measureEnd('orchestrator', { peak: reader, env: {}, baseline }),
      ];
    }),
};

type Peak = (count: number) => Promise<number>;

interface End {
  readonly peak: (env: NodeJS.ProcessEnv) => Peak;
  /** How V8 is held while the figure is taken. */
  readonly env: NodeJS.ProcessEnv;
  readonly baseline: number;
}

async function measureEnd(end: string, { peak, env, baseline }: End): Promise<Measurement> {
  const isHeld = env === SMALL_YOUNG_GENERATION;
  const byDefault = isHeld ? `by V8's defaults ${(await growth(peak({}))).toFixed(0)} MB; ` : '';
  return {
    figure: `memory growth from 10,000 to 1,000,000 messages, ${end}`,
    against: isHeld ? 'young generation of V8 held at 2 MB' : '–',
    value: await growth(peak(env)),
    unit: 'MB',
    goal: { atMost: 32 },
    behind: `${byDefault}a loop that writes the same lines and keeps nothing, ${baseline.toFixed(0)} MB`,
  };
}

/** By how many MB the peak of a process rises with a hundred times the messages. */
async function growth(peak: Peak): Promise<number> {
  const rises: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rises.push(-(await peak(FEW)) + (await peak(MANY)));
  return median(rises);
}
