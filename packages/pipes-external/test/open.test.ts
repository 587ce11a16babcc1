import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bootstrap, CONTEXT, messageFile, readLines, run, tempFolder } from './launch.ts';

const word = (text: string): string => deflateSync(text).toString('base64');

async function open(how: string, env: Record<string, string>, args: readonly string[] = []): Promise<unknown> {
  const { stdout } = await run('opens.ts', { args: [how, ...args], env });
  return JSON.parse(stdout) as unknown;
}

const message = (...parts: readonly string[]): unknown =>
  expect.stringMatching(new RegExp(parts.join('.*'))) as unknown;

test.each([
  ['no context', { DAGSTER_PIPES_CONTEXT: '' }, ['DAGSTER_PIPES_CONTEXT', 'empty']],
  ['not base64', { DAGSTER_PIPES_CONTEXT: '####' }, ['DAGSTER_PIPES_CONTEXT', 'base64']],
  ['not zlib', { DAGSTER_PIPES_CONTEXT: 'aGVsbG8=' }, ['DAGSTER_PIPES_CONTEXT', 'zlib']],
  ['cut off', { DAGSTER_PIPES_CONTEXT: word('{"path": "/x"}').slice(0, 12) }, ['DAGSTER_PIPES_CONTEXT', 'zlib']],
  ['not JSON', { DAGSTER_PIPES_CONTEXT: word('{path}') }, ['DAGSTER_PIPES_CONTEXT', 'JSON', 'character at position 1']],
  ['not an object', { DAGSTER_PIPES_CONTEXT: word('[1]') }, ['DAGSTER_PIPES_CONTEXT', 'not an object']],
  ['bad messages', { DAGSTER_PIPES_MESSAGES: word('5') }, ['DAGSTER_PIPES_MESSAGES', 'not an object']],
  ['foreign context', { DAGSTER_PIPES_CONTEXT: word('{"bucket": "b"}') }, ['neither "path" nor "data"', 'bucket']],
  ['path of a wrong type', { DAGSTER_PIPES_CONTEXT: word('{"path": 5}') }, ['"path" is not a string']],
  ['data of a wrong type', { DAGSTER_PIPES_CONTEXT: word('{"data": []}') }, ['"data" is not an object']],
  ['foreign messages', { DAGSTER_PIPES_MESSAGES: word('{"bucket": "b"}') }, ['"buffered_stdio"', 'bucket']],
  ['unknown stream', { DAGSTER_PIPES_MESSAGES: word('{"stdio": "stdin"}') }, ['"stdio" is neither']],
])('a broken bootstrap (%s) names the layer that is broken', async (_name, env, parts) => {
  const broken = { ...bootstrap({ path: await messageFile() }), ...env };

  await expect(open('require', broken)).resolves.toMatchObject({
    code: 'PIPES_PARAMS_INVALID',
    message: message(...parts),
  });
});

test('a context without a place for messages names what is missing', async () => {
  const { DAGSTER_PIPES_CONTEXT: context = '' } = bootstrap({});

  await expect(open('require', { DAGSTER_PIPES_CONTEXT: context })).resolves.toMatchObject({
    code: 'PIPES_PARAMS_INVALID',
    message: message('DAGSTER_PIPES_MESSAGES is not in the environment'),
  });
});

test.each([
  ['missing', undefined, 'PIPES_CONTEXT_UNREADABLE', 'ENOENT'],
  ['cut off', '{"run_id": "r', 'PIPES_CONTEXT_INVALID', 'not JSON'],
  ['not JSON around a secret', '{"extras": {"password": hunter2}}', 'PIPES_CONTEXT_INVALID', '^(?!.*hunter).*not JSON .Unexpected character at position 24'], // prettier-ignore
  ['a list', '[]', 'PIPES_CONTEXT_INVALID', 'not a JSON object'],
  [
    'of wrong types',
    '{"run_id": 5, "asset_keys": "a"}',
    'PIPES_CONTEXT_INVALID',
    '"asset_keys" must be.*"run_id" must be',
  ],
])('a context file that is %s is an error that says so', async (_name, text, code, problem) => {
  const path = join(await tempFolder(), 'context');
  if (text !== undefined) await writeFile(path, text);

  const env = bootstrap({ path: await messageFile() }, { path });

  await expect(open('require', env)).resolves.toMatchObject({ code, message: message(problem) });
});

test('a path wins over data, unknown keys are ignored and absent ones are null', async () => {
  const path = join(await tempFolder(), 'context');
  await writeFile(path, '{"run_id": "from file", "newer": 1}');

  const env = bootstrap({ path: await messageFile() }, { path, data: CONTEXT });

  await expect(open('require', env)).resolves.toStrictEqual({ runId: 'from file', extras: {} });
});

test('what a loader of one’s own throws is told apart and kept', async () => {
  await expect(open('failing loader', bootstrap({ path: await messageFile() }))).resolves.toMatchObject({
    code: 'PIPES_CONTEXT_UNREADABLE',
    message: message('bucket not found'),
    cause: 'bucket not found',
  });
});

test.each([
  ['apart', (flag: string, value: string) => [flag, value]],
  ['joined', (flag: string, value: string) => [`${flag}=${value}`]],
])('flags and values %s', async (_name, spell) => {
  const path = await messageFile();
  const { DAGSTER_PIPES_CONTEXT: context = '', DAGSTER_PIPES_MESSAGES: messages = '' } = bootstrap({ path });
  const args = [
    '--verbose',
    ...spell('--dagster-pipes-context', context),
    'input.csv',
    ...spell('--dagster-pipes-messages', messages),
  ];

  await expect(open('cli', {}, args)).resolves.toMatchObject({ runId: 'run-1' });
  expect((await readLines(path)).map(({ method }) => method)).toStrictEqual(['opened', 'closed']);
});

test('a flag without its value is named', async () => {
  await expect(open('cli', {}, ['--dagster-pipes-context'])).resolves.toMatchObject({
    code: 'PIPES_PARAMS_INVALID',
    message: message('--dagster-pipes-context'),
  });
});

test('a mapping carries the bootstrap as well', async () => {
  const event = JSON.stringify(bootstrap({ path: await messageFile() }));

  await expect(open('mapping', { EVENT: event })).resolves.toMatchObject({ runId: 'run-1', extras: { limit: 10 } });
});

test('require names what is missing outside an orchestrator', async () => {
  await expect(open('require', {})).resolves.toMatchObject({
    code: 'PIPES_NOT_LAUNCHED',
    message: message('DAGSTER_PIPES_CONTEXT is not set'),
  });
});

test('an opening that fails half-way closes what it opened and leaves nothing behind', async () => {
  await expect(open('failing opened', bootstrap({}))).resolves.toStrictEqual({
    code: 'PIPES_WRITE_FAILED',
    calls: ['opened', 'closed', 'channel closed'],
    isInitialized: false,
    isQuiet: true,
  });
});

test('opening at the same time opens once', async () => {
  const path = await messageFile();

  await expect(open('concurrently', bootstrap({ path }))).resolves.toStrictEqual({ different: 1 });
  expect((await readLines(path)).map(({ method }) => method)).toStrictEqual(['opened', 'closed']);
});

test('whoever names another session than the open one does not get that one', async () => {
  const request = async (runId: string) =>
    bootstrap({ path: await messageFile() }, { data: { ...CONTEXT, run_id: runId } });
  const requests = JSON.stringify({ a: await request('run-a'), b: await request('run-b') });

  await expect(open('another at once', { REQUESTS: requests })).resolves.toStrictEqual({
    atOnce: ['run-a', 'PIPES_SESSION_OPEN', 'run-a', 'PIPES_SESSION_OPEN'],
    later: ['PIPES_SESSION_OPEN', 'run-a', 'run-a'],
    afterwards: 'run-b',
  });
});

test('a warm process opens a second session with its own loaders', async () => {
  await expect(open('again', bootstrap({}))).resolves.toStrictEqual({
    first: ['opened', 'closed', 'channel closed'],
    second: ['opened', 'log', 'closed', 'channel closed'],
    isGone: true,
    isQuiet: true,
  });
});

test('a second session waits until the first has told its end', async () => {
  await expect(open('again after using', bootstrap({}))).resolves.toStrictEqual({
    first: ['opened', 'log', 'closed', 'channel closed'],
  });
});

test('two copies in one process share the session', async () => {
  const [path, copy] = [await messageFile(), join(await tempFolder(), 'copy')];
  await cp(fileURLToPath(new URL('../src', import.meta.url)), copy, { recursive: true });
  await writeFile(join(copy, 'package.json'), '{"type": "module"}');

  const { stdout } = await run('shares.cjs', { args: [join(copy, 'index.ts')], env: bootstrap({ path }) });

  expect(JSON.parse(stdout)).toStrictEqual({ same: true, copies: 2 });
  expect((await readLines(path)).map(({ method, params }) => params['metadata'] ?? method)).toStrictEqual([
    'opened',
    { foreign: { type: 'md', raw_value: '#' }, float: { type: 'float', raw_value: 1 } },
    'closed',
  ]);
});
