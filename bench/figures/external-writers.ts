import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Figure } from '../figure.ts';
import { answerOf, bootstrapFor, scriptPath, withTempDirectory } from '../child-process.ts';
import { interleave } from '../statistics.ts';

const thousands = (rate: number): string => `${Math.round(rate / 1000).toLocaleString('en')} k/s`;

export const fileChannel: Figure = {
  name: 'file-channel',
  measure: () =>
    withTempDirectory(async (directory) => {
      let round = 0;
      const path = (): string => join(directory, `messages-${(round += 1)}`);
      const rates = await interleave(7, {
        ours: () => answerOf('log-file.ts', ['100000'], bootstrapFor({ path: path() })),
        raw: () => answerOf('raw-file.ts', [path(), '100000']),
      });
      return [
        {
          figure: 'file channel, messages/s',
          against: 'raw writeSync of the same lines on an open descriptor',
          value: rates.ours / rates.raw,
          unit: 'ratio',
          goal: { atLeast: 0.95 },
          behind: `${thousands(rates.ours)} against ${thousands(rates.raw)}`,
        },
      ];
    }),
};

const LATE_MS = 2_000;
const STDIO_MESSAGES = 20_000;

export const stdioChannel: Figure = {
  name: 'stdio-channel',
  measure: async () => {
    const arrived: number[] = [];
    const rates = await interleave(5, {
      ours: () => lateReader('log-stdio.ts', bootstrapFor({ stdio: 'stdout' }), (lines) => arrived.push(lines)),
      raw: () => lateReader('raw-stdio.ts', {}, () => {}),
    });
    // opened and closed come with what was logged.
    const lost = arrived.map((lines) => STDIO_MESSAGES + 2 - lines);
    return [
      {
        figure: 'stdio channel, reader 2 s late, then process.exit: messages/s once it reads',
        against: 'raw writeSync that waits out EAGAIN',
        value: rates.ours / rates.raw,
        unit: 'ratio',
        goal: { atLeast: 0.65 },
        behind: `${thousands(rates.ours)} against ${thousands(rates.raw)}`,
      },
      {
        figure: 'stdio channel, messages received of 20,000, worst of 5 rounds',
        against: '20,000 sent',
        value: (STDIO_MESSAGES - Math.max(...lost)) / STDIO_MESSAGES,
        unit: 'ratio',
        goal: { atLeast: 1 },
        behind: `lost: ${lost.join(', ')}`,
      },
    ];
  },
};

async function lateReader(script: string, env: NodeJS.ProcessEnv, count: (lines: number) => void): Promise<number> {
  const child = spawn(process.execPath, [scriptPath(script), String(STDIO_MESSAGES)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  const start = performance.now();
  let lines = 0;
  for await (const chunk of child.stdout) {
    for (let at = (chunk as Buffer).indexOf(10); at !== -1; at = (chunk as Buffer).indexOf(10, at + 1)) lines += 1;
  }
  count(lines);
  return lines / ((performance.now() - start) / 1000);
}

export const manyAssets: Figure = {
  name: 'many-assets',
  measure: () =>
    withTempDirectory(async (directory) => {
      const path = join(directory, 'messages');
      const rates = await interleave(5, {
        many: () => answerOf('materialize.ts', [path, '20000', '1']),
        few: () => answerOf('materialize.ts', [path, '1000', '20']),
      });
      return [
        {
          figure: 'one materialization per asset, 20,000 assets',
          against: 'rate at 1,000 assets',
          value: rates.many / rates.few,
          unit: 'ratio',
          goal: { atLeast: 0.8 },
          behind: `${thousands(rates.many)} against ${thousands(rates.few)}`,
        },
      ];
    }),
};
