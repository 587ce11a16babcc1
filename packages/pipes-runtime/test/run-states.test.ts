import { readFileSync } from 'node:fs';
import { allowedFrom, canMove, isTerminal, type RunStatus } from 'pipes-runtime';
import { expect, test } from 'vitest';

const DOCUMENT = new URL('../../../docs/run-states.md', import.meta.url);

const ALL: Readonly<Record<RunStatus, true>> = {
  NOT_STARTED: true,
  QUEUED: true,
  STARTING: true,
  STARTED: true,
  CANCELING: true,
  SUCCESS: true,
  FAILURE: true,
  CANCELED: true,
};

test('the diagram of the states of a run shows every move that is allowed, and no other', () => {
  const statuses = Object.keys(ALL) as readonly RunStatus[];
  const allowed = statuses.flatMap((from) =>
    statuses.filter((to) => canMove(from, to)).map((to) => `${from} --> ${to}`),
  );
  const ends = statuses.filter(isTerminal).map((status) => `${status} --> [*]`);
  const drawn = Array.from(readFileSync(DOCUMENT, 'utf8').matchAll(/^ {2}(\S+ --> \S+)$/gm), ([, arrow]) => arrow);
  expect(drawn).toHaveLength(new Set(drawn).size);
  expect(new Set(drawn)).toEqual(new Set(['[*] --> NOT_STARTED', ...allowed, ...ends]));
  expect(allowedFrom('STARTED')).toEqual(['STARTING']);
});
