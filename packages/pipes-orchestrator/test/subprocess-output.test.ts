import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject, PipesStream } from 'pipes-external/protocol';
import {
  type MessageSink,
  type OutputMessageChannel,
  PipesMessageReader,
  PipesStdioMessageReader,
  PipesTempFileMessageReader,
  type ReadMessagesOptions,
} from '../src/index.ts';
import { WatchedContext } from './watched-context.ts';
import { failureOf, isRunning, tell } from './subprocess-story.ts';

/** Takes longer for each piece than a process needs for the next, and knows how many it was given at once. */
class SlowContext extends WatchedContext {
  mostAtOnce = 0;
  #atOnce = 0;

  override readonly output = async (stream: PipesStream, text: string): Promise<void> => {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    await pause(50);
    this.#atOnce -= 1;
    this.printed[stream] += text;
  };
}

describe('the output of a process', () => {
  test('goes to the output of the step', async () => {
    const context = new WatchedContext();
    await tell({ name: 'print among messages', context });
    expect(context.printed).toEqual({
      stdout: 'starting\nprogress 10%{"level": 30, "msg": "a JSON log"}\ndone',
      stderr: '',
    });
  });

  test('is captured to its last bytes, however much it is', async () => {
    const context = new WatchedContext();
    const invocation = await tell({
      name: 'print without end',
      context,
      client: { stdio: 'capture', captureBytes: 1_000 },
    });
    expect(invocation.stdout).toBe('x'.repeat(1_000));
    expect(invocation.stderr).toBe(`${'x'.repeat(991)}\nthe end\n`);
    expect(context.printed).toEqual({ stdout: '', stderr: '' });
  });

  test('is ignored without stopping the process, and is in its error still', async () => {
    const invocation = await tell({ name: 'print without end', client: { stdio: 'ignore' } });
    expect([invocation.stdout, invocation.stderr]).toEqual(['', '']);
    expect((await failureOf({ name: 'exit 3', client: { stdio: 'ignore' } })).message).toMatch(/stderr line 30/);
  });

  test('that the step cannot take fails the run, and does not stop the process', async () => {
    const output = (): void => {
      throw new Error('the terminal is gone');
    };
    const context = Object.assign(new WatchedContext(), { output });
    await expect(tell({ name: 'print without end', context })).rejects.toThrow('the terminal is gone');
    const failure = await failureOf({ name: 'exit 3', context });
    expect(failure.code).toBe('PIPES_PROCESS_FAILED');
    expect(failure.message).toMatch(/exited with code 3[^]*the terminal is gone/);
    const tolerated = {
      strictness: 'dagster',
      messageReader: new PipesStdioMessageReader({ stream: 'stdout' }),
    } as const;
    const invocation = await tell({ name: 'print among messages', context, client: tolerated });
    expect(invocation.session.problems).toMatchObject([{ kind: 'channel', fails: true }]);
  });

  test.each([
    ['beside the messages', new PipesTempFileMessageReader()],
    ['among the messages', new PipesStdioMessageReader({ stream: 'stdout' })],
  ])('is given piece by piece to a step that is slow, %s', async (_, messageReader) => {
    const context = new SlowContext();
    await tell({ name: 'print among messages', context, client: { messageReader } });
    expect(context.printed.stdout).toBe('starting\nprogress 10%{"level": 30, "msg": "a JSON log"}\ndone');
    expect(context.mostAtOnce).toBe(1);
  });

  test('that a grandchild keeps open does not keep the run waiting, nor lose what the child said', async () => {
    const context = new WatchedContext();
    const invocation = await tell({ name: 'fork and exit', context });
    const grandchild = invocation.getCustomMessages()[0] as number;
    try {
      expect(context.printed.stdout).toContain('last words of the child\n');
      expect(isRunning(grandchild)).toBe(true);
    } finally {
      process.kill(grandchild, 'SIGKILL');
    }
  });
});

describe('messages in the output of a process', () => {
  test.each(['stdout', 'stderr'] as const)(
    'on %s are found, and the rest goes to the output of the step',
    async (stream) => {
      const context = new WatchedContext();
      const messageReader = new PipesStdioMessageReader({ stream });
      const invocation = await tell({ name: 'print among messages', context, client: { messageReader } });
      expect(invocation.getResults()).toMatchObject([{ assetKey: 'a', dataVersion: null }]);
      expect(context.printed).toEqual({
        stdout: 'starting\nprogress 10%{"level": 30, "msg": "a JSON log"}\ndone',
        stderr: '',
      });
    },
  );

  test('are found also where the rest is ignored', async () => {
    const client = { messageReader: new PipesStdioMessageReader({ stream: 'stdout' }), stdio: 'ignore' } as const;
    expect((await tell({ name: 'succeed', client })).getMaterializeResult().metadata).toHaveProperty('rows');
  });

  test.each(['ignore', 'capture'] as const)('are told from the rest also where that is to %s', async (stdio) => {
    const context = new WatchedContext();
    const messageReader = new PipesStdioMessageReader({ stream: 'stdout' });
    const invocation = await tell({ name: 'print among messages', context, client: { messageReader, stdio } });
    expect(invocation.getMaterializeResult()).toMatchObject({ assetKey: 'a' });
    expect(context.printed).toEqual({ stdout: '', stderr: '' });
    const rest = 'starting\nprogress 10%{"level": 30, "msg": "a JSON log"}\ndone';
    expect(invocation.stdout).toBe(stdio === 'capture' ? rest : '');
  });

  test('do not stand for what a failing process wrote to stderr', async () => {
    const client = { messageReader: new PipesStdioMessageReader({ stream: 'stderr' }) };
    const { message } = await failureOf({ name: 'exit 3', client });
    expect(message).toMatch(/stderr line 30/);
    expect(message).not.toMatch(/__dagster_pipes_version/);
  });

  test('are found by a reader that wraps the one that can', async () => {
    class Decorated extends PipesMessageReader {
      readonly #reader = new PipesStdioMessageReader({ stream: 'stdout' });
      override async readMessages(sink: MessageSink, options: ReadMessagesOptions): Promise<OutputMessageChannel> {
        const inner = await this.#reader.readMessages(sink, options);
        return {
          params: inner.params,
          start: inner.start,
          stream: inner.stream,
          consume: (output, takeForeign) => inner.consume(output, takeForeign),
          drain: () => inner.drain(),
          [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
        };
      }
      override noMessagesDebugText(): string {
        return this.#reader.noMessagesDebugText();
      }
    }
    const invocation = await tell({ name: 'succeed', client: { messageReader: new Decorated() } });
    expect(invocation.getMaterializeResult().metadata).toHaveProperty('rows');
  });

  test('end with the process, though a grandchild keeps the stream open', async () => {
    const client = { messageReader: new PipesStdioMessageReader({ stream: 'stdout' }) };
    const grandchild = (await tell({ name: 'fork and exit', client })).getCustomMessages()[0] as number;
    try {
      expect(isRunning(grandchild)).toBe(true);
    } finally {
      process.kill(grandchild, 'SIGKILL');
    }
  });

  test('that a signal cut off are a problem', async () => {
    const client = { messageReader: new PipesStdioMessageReader({ stream: 'stderr' }) };
    expect((await failureOf({ name: 'die by SIGKILL', client })).message).toMatch(
      /The last message, at line 3 of stderr/,
    );
  });

  test('are read from stdout or stderr, and nothing else', () => {
    expect(() => new PipesStdioMessageReader({ stream: 'stdin' as 'stdout' })).toThrow(/PIPES_OPTION_INVALID/);
  });
});

describe('the environment of a process', () => {
  beforeEach(() => {
    vi.stubEnv('PIPES_TEST_SECRET', 'parent');
    vi.stubEnv('PIPES_TEST_ALLOWED', 'parent');
    vi.stubEnv('DAGSTER_PIPES_CONTEXT', 'of an orchestrator above');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const environment = async (story: Omit<Parameters<typeof tell>[0], 'name'>): Promise<JsonObject> =>
    (await tell({ name: 'environment', ...story })).getCustomMessages()[0] as JsonObject;

  test('is that of this process, then the client, then the call', async () => {
    const env = await environment({
      client: { env: { A: 'client', B: 'client' } },
      run: { env: { B: 'call', PIPES_TEST_SECRET: undefined } },
    });
    expect(env).toMatchObject({ A: 'client', B: 'call', PIPES_TEST_ALLOWED: 'parent' });
    expect(env).not.toHaveProperty('PIPES_TEST_SECRET');
  });

  test('always carries the bootstrap of its session, whatever the client, the call or the parent say', async () => {
    const wrong = { DAGSTER_PIPES_CONTEXT: 'wrong', DAGSTER_PIPES_MESSAGES: 'wrong' };
    const env = await environment({ client: { env: wrong }, run: { env: wrong } });
    expect(env['DAGSTER_PIPES_CONTEXT']).toMatch(/^eJ/);
  });

  test('with an allow-list holds what it names and PATH, and no secret', async () => {
    const env = await environment({ client: { inheritEnv: ['PIPES_TEST_ALLOWED'], env: { A: 'client' } } });
    const own = Object.keys(env).filter((name) => !name.startsWith('DAGSTER_PIPES_'));
    expect(own.toSorted()).toEqual(['A', 'PATH', 'PIPES_TEST_ALLOWED']);
  });

  test('can be empty, and the program is found all the same', async () => {
    const env = await environment({ client: { inheritEnv: false }, run: {} });
    expect(Object.keys(env).toSorted()).toEqual(['DAGSTER_PIPES_CONTEXT', 'DAGSTER_PIPES_MESSAGES', 'PATH']);
  });
});
