import { asset, define, execute } from 'pipes-runtime';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';

const STEPS = 5_000;

export const inProcessStep: Figure = {
  name: 'in-process-step',
  measure: async () => {
    const assets = Array.from({ length: STEPS }, (_, index) => asset(`table_${index}`, { run: () => undefined }));
    const project = define({ assets });
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const start = performance.now();
      const result = await execute(project);
      times.push((performance.now() - start) / STEPS);
      if (!result.success) throw new Error('The run failed.');
    }
    return [
      {
        figure: 'in-process step, scheduling and events',
        against: '–',
        value: median(times),
        unit: 'ms',
        goal: { atMost: 0.2 },
        behind: `a run of ${STEPS.toLocaleString('en')} steps: ${(median(times) * STEPS).toFixed(0)} ms`,
      },
    ];
  },
};
