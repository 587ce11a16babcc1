import { expect, test } from 'vitest';
import { eventLogCases, runStorageCases } from '../conformance/index.ts';
import { MemoryEventLog } from './event-log.ts';
import { MemoryRunStorage } from './run-storage.ts';

test.each(runStorageCases)('run storage in memory: $name', async (each) => {
  await using storage = new MemoryRunStorage();
  await expect(each.run(storage)).resolves.toBeUndefined();
});

test.each(eventLogCases)('event log in memory: $name', async (each) => {
  await using log = new MemoryEventLog();
  await expect(each.run(log)).resolves.toBeUndefined();
});

test('disposing a log ends those who watch it', async () => {
  const log = new MemoryEventLog();
  const next = log.watch('r1')[Symbol.asyncIterator]().next();
  await log[Symbol.asyncDispose]();
  expect((await next).done).toBe(true);
});
