import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ActivePlan } from '../model/active-plan.ts';
import { makePlan } from '../model/plan.ts';
import { inProcessExecutor } from './in-process-executor.ts';

const DAY_S = 86_400;
const ERROR = { message: 'no', stack: [], name: 'Error', cause: null, context: null };

test('a step that waits for longer than a timer can is not asked for again and again, and holds up no cancelling', async () => {
  const plan = new ActivePlan(makePlan([{ key: 'a', dependsOn: [] }]));
  const at = new Date();
  plan.apply({ type: 'STEP_START', stepKey: 'a', attempt: 1, at });
  plan.apply({ type: 'STEP_UP_FOR_RETRY', stepKey: 'a', attempt: 1, secondsToWait: 40 * DAY_S, error: ERROR, at });
  let asked = 0;
  const controller = new AbortController();
  const done = inProcessExecutor().execute({
    plan: {
      get done() {
        return plan.done;
      },
      nextWakeup: () => plan.nextWakeup(),
      ready(limit, now) {
        asked += 1;
        return plan.ready(limit, now);
      },
    },
    runStep: () => Promise.reject(new Error('it is not its time')),
    signal: controller.signal,
  });
  await sleep(20);
  controller.abort();
  await done;
  expect(asked).toBe(1);
});
