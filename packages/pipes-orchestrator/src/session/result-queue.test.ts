import { expect, test } from 'vitest';
import type { PipesExecutionResult } from '../results.ts';
import { ResultQueue } from './result-queue.ts';

function result(number: number): PipesExecutionResult {
  return { kind: 'materialization', assetKey: `asset ${number}`, metadata: {}, dataVersion: null };
}

test('results come out once each, in order, by stream and all at once', async () => {
  const queue = new ResultQueue([result(1)]);
  queue.push(result(2));
  queue.push(result(3));
  const stream = queue.stream(() => false);
  expect((await stream.next()).value).toEqual(result(1));
  expect(queue.takeAll()).toEqual([result(2), result(3)]);
  const pending = stream.next();
  queue.push(result(4));
  expect((await pending).value).toEqual(result(4));
  expect(queue.size).toBe(0);
});

test('a stream gives what is there before it ends', async () => {
  const queue = new ResultQueue([result(1), result(2)]);
  const taken = [];
  for await (const each of queue.stream(() => true)) taken.push(each);
  expect(taken).toEqual([result(1), result(2)]);
});

test('nobody streams: it is never full', () => {
  const queue = new ResultQueue([]);
  for (let number = 0; number < 5_000; number += 1) queue.push(result(number));
  expect(queue.isFull).toBe(false);
});

test('while somebody streams and is behind, it is full, until they catch up or leave', async () => {
  const queue = new ResultQueue([]);
  const stream = queue.stream(() => false);
  const first = stream.next();
  for (let number = 0; number < 1_001; number += 1) queue.push(result(number));
  await first;
  expect(queue.isFull).toBe(true);
  let hasRoom = false;
  const room = queue.room().then(() => (hasRoom = true));
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  await stream.next();
  await room;
  expect(queue.isFull).toBe(false);

  queue.push(result(0));
  expect(queue.isFull).toBe(true);
  const freed = queue.room();
  await stream.return();
  await freed;
});

test('at the end it takes everything', async () => {
  const queue = new ResultQueue([]);
  void queue.stream(() => false).next();
  for (let number = 0; number < 2_000; number += 1) queue.push(result(number));
  const room = queue.room();
  queue.unbind();
  await room;
  expect(queue.isFull).toBe(false);
});
