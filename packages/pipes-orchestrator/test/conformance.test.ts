import { existsSync, mkdtempSync, rmSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PipesDefaultContextLoader, PipesDefaultMessageWriter } from 'pipes-external';
import { encodeMessage, type PipesParams } from 'pipes-external/protocol';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type PipesContextInjector,
  PipesEnvContextInjector,
  PipesFileContextInjector,
  PipesFileMessageReader,
  type PipesMessageReader,
  PipesStdioMessageReader,
  PipesTempFileContextInjector,
  PipesTempFileMessageReader,
} from '../src/index.ts';
import { StdioMessageChannel } from '../src/message-readers/stdio.ts';
import {
  injectorCases,
  injectorIsolationCases,
  type InjectorPair,
  messageCases,
  messageIsolationCases,
  type MessagePair,
  type WriterEnd,
} from '../src/testing/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'pipes-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const pathIn = (params: PipesParams): string => params['path'] as string;
const isCleanedUp = (params: PipesParams): boolean => !('path' in params) || !existsSync(pathIn(params));

function injectorPair(injector: PipesContextInjector): InjectorPair {
  return { injector, load: (params) => new PipesDefaultContextLoader().loadContext(params), isCleanedUp };
}

const injectors = {
  PipesTempFileContextInjector: () => injectorPair(new PipesTempFileContextInjector()),
  PipesFileContextInjector: () => injectorPair(new PipesFileContextInjector(join(directory, 'context'))),
  PipesEnvContextInjector: () => injectorPair(new PipesEnvContextInjector()),
};

describe.each(Object.entries(injectors))('%s', (name, makePair) => {
  const cases = name === 'PipesFileContextInjector' ? injectorCases : [...injectorCases, ...injectorIsolationCases];
  test.each(cases)('$name', async (each) => {
    await expect(each.run(makePair())).resolves.toBeUndefined();
  });
});

function filePair(reader: PipesMessageReader): MessagePair {
  return {
    reader,
    openWriter({ params }) {
      const channel = new PipesDefaultMessageWriter().open(params);
      return {
        writeMessage: (message) => channel.writeMessage(message),
        writeLine: (text) => appendFileSync(pathIn(params), `${text}\n`),
        flush: () => channel.flush(),
        close: () => channel.close(),
      };
    },
    isCleanedUp,
  };
}

/** Output as a container's log keeps it: whoever follows it gets it from its beginning, and then what comes. */
class Log implements WriterEnd {
  readonly #chunks: Uint8Array[] = [];
  #isEnded = false;
  #wake: (() => void)[] = [];

  writeMessage(message: Parameters<WriterEnd['writeMessage']>[0]): void {
    this.writeLine(encodeMessage(message));
  }

  writeLine(text: string): void {
    this.#chunks.push(Buffer.from(`${text}\n`));
    this.#notify();
  }

  async flush(): Promise<void> {
    this.#notify();
  }

  async close(): Promise<void> {
    this.#isEnded = true;
    this.#notify();
  }

  async *follow(): AsyncGenerator<Uint8Array> {
    for (let next = 0; ; next += 1) {
      while (next >= this.#chunks.length && !this.#isEnded)
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      const chunk = this.#chunks[next];
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  #notify(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }
}

function stdioPair(): MessagePair {
  return {
    reader: new PipesStdioMessageReader({ stream: 'stdout' }),
    openWriter: () => new Log(),
    feed(channel, writer) {
      if (!(channel instanceof StdioMessageChannel && writer instanceof Log)) throw new TypeError('They do not fit.');
      void channel.consume(writer.follow());
    },
    isCleanedUp,
  };
}

const readers = {
  PipesTempFileMessageReader: () => filePair(new PipesTempFileMessageReader()),
  PipesFileMessageReader: () => filePair(new PipesFileMessageReader(join(directory, 'messages'))),
  PipesStdioMessageReader: stdioPair,
};

describe.each(Object.entries(readers))('%s', (name, makePair) => {
  const cases = name === 'PipesFileMessageReader' ? messageCases : [...messageCases, ...messageIsolationCases];
  test.each(cases)('$name', async (each) => {
    await expect(each.run(makePair())).resolves.toBeUndefined();
  });
});
