import { expect, test } from 'vitest';
import { makeAssetGraph } from './asset-graph.ts';
import { select } from './selection.ts';

const node = (
  key: string,
  upstream: readonly string[] = [],
  more: { stepKey?: string; group?: string; tags?: Record<string, string> } = {},
) => ({
  key,
  upstream,
  stepKey: more.stepKey ?? key,
  group: more.group,
  tags: more.tags ?? {},
});

const graph = makeAssetGraph(
  [
    node('raw', [], { group: 'in', tags: { team: 'x' } }),
    node('clean', ['raw'], { tags: { team: 'y', daily: '' } }),
    node('left', ['clean'], { stepKey: 'pair', group: 'out' }),
    node('right', ['clean'], { stepKey: 'pair', group: 'out' }),
    node('report', ['left']),
    node('alone'),
  ],
  [
    { assetKey: 'clean', checkName: 'rows', stepKey: 'check:clean:rows' },
    { assetKey: 'left', checkName: 'ok', stepKey: 'pair' },
  ],
);

const assets = (selection: string | readonly string[]): readonly string[] =>
  [...select(graph, selection).assets].toSorted();

test.each([
  ['*', ['alone', 'clean', 'left', 'raw', 'report', 'right']],
  ['raw', ['raw']],
  ['raw, alone', ['alone', 'raw']],
  ['+clean', ['clean', 'raw']],
  ['clean+', ['clean', 'left', 'report', 'right']],
  ['+left+', ['clean', 'left', 'raw', 'report', 'right']],
  ['left', ['left', 'right']],
  ['pair', ['left', 'right']],
  ['group:in', ['raw']],
  ['group:in+', ['clean', 'left', 'raw', 'report', 'right']],
  ['tag:team', ['clean', 'raw']],
  ['tag:team=y', ['clean']],
  ['tag:daily=', ['clean']],
  ['check:left:ok', ['left', 'right']],
  ['check:clean:rows', []],
])('%s', (selection, expected) => {
  expect(assets(selection)).toEqual(expected);
});

test('a list is not split at commas', () => {
  expect(assets(['raw', ' alone '])).toEqual(['alone', 'raw']);
  expect(() => select(graph, ['raw,alone'])).toThrow('there is no asset "raw,alone"');
});

test('checks come with their assets, with the steps that evaluate them', () => {
  const { checks, steps } = select(graph, 'clean');
  expect(checks.map((each) => each.checkName)).toEqual(['rows']);
  expect([...steps]).toEqual(['clean', 'check:clean:rows']);
  const alone = select(graph, 'check:clean:rows');
  expect([...alone.steps]).toEqual(['check:clean:rows']);
  expect(alone.checks.map((each) => each.checkName)).toEqual(['rows']);
});

test('every wrong term is named at once, with the nearest names', () => {
  expect(() => select(graph, 'rwa,group:ot,tag:taem,check:clean:row,')).toThrowError(
    expect.objectContaining({ code: 'PIPES_SELECTION_INVALID' }),
  );
  expect(() => select(graph, 'rwa,group:ot,tag:taem,check:clean:row,')).toThrow(
    'Cannot select: there is no asset "rwa": did you mean "raw"?; there is no group "ot": did you mean "out"?; ' +
      'no asset has the tag "taem": did you mean "team"?; there is no "check:clean:row": did you mean "check:clean:rows"?; a term is empty.',
  );
  expect(() => select(graph, [])).toThrow('nothing is selected');
  expect(() => select(graph, '+')).toThrow('a term is empty');
});

test('a long chain is walked, not recursed', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `s${index}`);
  const chain = makeAssetGraph(
    names.map((name, index) => node(name, index === 0 ? [] : [`s${index - 1}`])),
    [],
  );
  expect(select(chain, '+s19999').assets.size).toBe(20_000);
});
