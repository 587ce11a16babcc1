import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { PipesContextData } from 'pipes-external/protocol';
import {
  type InjectedContext,
  type MessageChannel,
  openPipesSession,
  type OpenPipesSessionOptions,
  PipesContextInjector,
  PipesMessageReader,
  PipesTempFileContextInjector,
} from 'pipes-orchestrator';
import { describe, expect, test } from 'vitest';
import { launch } from './launch.ts';
import { RecordingContext } from './recording-context.ts';
import { rejectionOf } from './rejection.ts';

describe('options that are wrong are named before anything is opened', () => {
  test.each<[string, unknown, string]>([
    ['no options', undefined, '"options"'],
    ['no context', {}, '"context"'],
    ['no run', { context: {} }, '"context.runId"'],
    ['an empty run', { context: { runId: '' } }, '"context.runId" must be a string that is not empty, and is ""'],
    ['an injector that is none', { context: { runId: 'x' }, contextInjector: {} }, '"contextInjector"'],
    ['a reader that is none', { context: { runId: 'x' }, messageReader: 'file' }, '"messageReader"'],
    ['an unknown strictness', { context: { runId: 'x' }, strictness: 'lax' }, "'strict' or 'dagster', and is \"lax\""],
    ['a signal that is none', { context: { runId: 'x' }, signal: true }, '"signal" must be an AbortSignal'],
    ['a signal of the context that is none', { context: { runId: 'x', signal: 1 } }, '"context.signal"'],
    ['extras that are a list', { context: { runId: 'x' }, extras: [1] }, '"extras" must be an object'],
    ['a cursor that is none', { context: { runId: 'x' }, resumeAt: { reader: 0, state: 'x' } }, '"resumeAt"'],
  ])('%s', async (_, options, message) => {
    const error = await rejectionOf(openPipesSession(options as OpenPipesSessionOptions));
    expect(error.code).toBe('PIPES_OPTION_INVALID');
    expect(error.message).toContain(message);
  });
});

test('a context of nothing but a run is enough', async () => {
  const session = await openPipesSession({
    context: { runId: 'x', log: new RecordingContext().log },
    extras: { limit: 1 },
  });
  await launch(session, 'report-many.mjs', '0');
  await session.close();
  expect(session.contextData).toMatchObject({ run_id: 'x', retry_number: 0, asset_keys: null });
});

test('the bootstrap is there as environment, as arguments and raw', async () => {
  const session = await openPipesSession({ context: new RecordingContext(), strictness: 'dagster' });
  const { DAGSTER_PIPES_CONTEXT: word } = session.getBootstrapEnvVars();
  expect(session.getBootstrapCliArguments()['--dagster-pipes-context']).toBe(word);
  expect(session.getBootstrapParams()['DAGSTER_PIPES_MESSAGES']).toMatchObject({ include_stdio_in_messages: false });
  await session.close();
});

describe('a plug-in', () => {
  class FailingReader extends PipesMessageReader {
    override readMessages(): Promise<MessageChannel> {
      throw new TypeError('no such bucket');
    }
    override noMessagesDebugText(): string {
      return '';
    }
  }

  class FailingInjector extends PipesContextInjector {
    override injectContext(_context: PipesContextData): Promise<InjectedContext> {
      throw new TypeError('no such bucket');
    }
    override noMessagesDebugText(): string {
      return '';
    }
  }

  async function temporaryContexts(): Promise<readonly string[]> {
    return (await readdir(tmpdir())).filter((name) => name.startsWith('pipes-context-'));
  }

  test('that cannot open fails with a code, and what was opened is cleaned up', async () => {
    const before = await temporaryContexts();
    const opening = openPipesSession({
      context: { runId: 'x' },
      contextInjector: new PipesTempFileContextInjector(),
      messageReader: new FailingReader(),
    });
    const error = await rejectionOf(opening);
    expect(error.code).toBe('PIPES_READER_FAILED');
    expect(error.message).toContain('no such bucket');
    expect((await temporaryContexts()).filter((name) => !before.includes(name))).toEqual([]);
    await expect(
      openPipesSession({ context: { runId: 'x' }, contextInjector: new FailingInjector() }),
    ).rejects.toMatchObject({ code: 'PIPES_INJECTION_FAILED' });
  });

  test('that holds its context back while cleaning up is a problem, not a failure', async () => {
    class StubbornInjector extends PipesTempFileContextInjector {
      override async injectContext(context: PipesContextData): Promise<InjectedContext> {
        const injected = await super.injectContext(context);
        return {
          params: injected.params,
          async [Symbol.asyncDispose]() {
            await injected[Symbol.asyncDispose]();
            throw new Error('the bucket is read-only');
          },
        };
      }
    }
    const context = new RecordingContext();
    const session = await openPipesSession({ context, contextInjector: new StubbornInjector(), extras: { limit: 1 } });
    await launch(session, 'report.mjs');
    await session.close();
    expect(context.logged.at(-1)).toBe(
      'warning Cleaning up the context failed, and something may be left behind: the bucket is read-only.',
    );
  });
});

test('the host is told of each session that is opened with its context', async () => {
  const opened: unknown[] = [];
  const context = Object.assign(new RecordingContext(), {
    onSessionOpened: (session: unknown) => opened.push(session),
  });
  const session = await openPipesSession({ context, strictness: 'dagster' });
  expect(opened).toEqual([session]);
  await session.close();
});
