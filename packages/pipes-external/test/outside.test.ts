import { expect, test } from 'vitest';
import { bootstrap, launch, messageFile, printed, readLines, run } from './launch.ts';

const UNANSWERED = {
  codes: ['PIPES_REPORT_INVALID', 'PIPES_NOT_LAUNCHED'],
  isDagsterPipesProcess: false,
  isAssetStep: false,
  isPartitionStep: false,
  isClosed: true,
  listeners: 0,
};

const QUESTIONS = 13;

test('auto prints what would be reported, and answers nothing', async () => {
  const { code, stdout, stderr } = await run('reports.mjs', { args: ['auto'] });

  expect(code).toBe(0);
  expect(stderr.split('\n')).toStrictEqual([
    '[pipes] info: a line',
    '[pipes] warning: {"rows": 1, "name": "é"}',
    '[pipes] materialization: raw/orders (data version v1) rows=12 ratio=0.5 link="https://example.org/" note="# é"',
    '[pipes] warning: metadata "bad" was left out: it is a function, which JSON cannot carry',
    '[pipes] check: fresh of the asset of the step failed (WARN) age=3',
    '[pipes] custom message: {"any": ["thing"]}',
    '[pipes] stderr: passed on',
    '[pipes] info: progress 1/4 (25 %)',
    '',
  ]);
  const printedBack = JSON.parse(stdout) as { answers: [string, string][] };
  expect(printedBack).toMatchObject(UNANSWERED);
  expect(printedBack.answers.map(([, answer]) => answer)).toStrictEqual(
    Array.from({ length: QUESTIONS }, () => 'PIPES_NOT_LAUNCHED'),
  );
});

test('off touches nothing, even under an orchestrator', async () => {
  const path = await messageFile();

  const { code, stdout, stderr } = await run('reports.mjs', { args: ['off'], env: bootstrap({ path }) });

  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject(UNANSWERED);
  expect(await readLines(path)).toStrictEqual([]);
});

test('an unknown mode is named', async () => {
  const { code, stderr } = await run('reports.mjs', { args: ['maybe'] });

  expect(code).toBe(1);
  expect(stderr).toContain('mode is "maybe", but must be "auto", "require" or "off"');
});

test('the signal works outside as well', async () => {
  const launched = launch('ends.ts', { args: ['signal read', 'auto'], isReaderAsleep: true });
  await printed(launched.child, 'ready');

  launched.child.kill('SIGINT');

  await expect(launched.ended).resolves.toMatchObject({ code: 9, signal: null });
});
