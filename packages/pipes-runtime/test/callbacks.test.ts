import { asset, define, execute, instance } from 'pipes-runtime';
import { expect, test } from 'vitest';

test('a listener that throws is not called again, does not touch the run, and is heard at the end', async () => {
  await using own = instance.ephemeral();
  let calls = 0;
  const onEvent = (): void => {
    calls += 1;
    throw new Error('the listener is broken');
  };
  const project = define({ assets: [asset('a', { run: () => 1 })] });
  await expect(execute(project, { instance: own, onEvent })).rejects.toThrow('the listener is broken');
  expect(calls).toBe(1);
  const { records } = await own.runs.list({}, { limit: 1 });
  expect(records[0]?.status).toBe('SUCCESS');
});

test('a listener that throws does not silence the other', async () => {
  const heard: string[] = [];
  const talking = asset('a', {
    run(ctx) {
      void ctx.output('stdout', 'one');
      void ctx.output('stdout', 'two');
    },
  });
  const refused = execute(define({ assets: [talking] }), {
    onEvent: () => {
      throw new Error('the listener is broken');
    },
    onOutput: (_stepKey, _stream, text) => void heard.push(text),
  });
  await expect(refused).rejects.toThrow('the listener is broken');
  expect(heard).toEqual(['one', 'two']);
});

test('who takes the output may hold it back, and a promise of his that rejects does the run no harm', async () => {
  const taken = Promise.withResolvers<void>();
  const order: string[] = [];
  const talking = asset('a', {
    async run(ctx) {
      const written = ctx.output('stdout', 'one');
      setImmediate(() => {
        order.push('taken');
        taken.resolve();
      });
      await written;
      order.push('written');
      await ctx.output('stdout', 'two');
      await ctx.output('stdout', 'three');
    },
  });
  const heard: string[] = [];
  const refused = execute(define({ assets: [talking] }), {
    onOutput: (_stepKey, _stream, text) => {
      heard.push(text);
      return text === 'one' ? taken.promise : Promise.reject(new Error('the disk is full'));
    },
  });
  await expect(refused).rejects.toThrow('the disk is full');
  expect(order).toEqual(['taken', 'written']);
  expect(heard).toEqual(['one', 'two']);
});
