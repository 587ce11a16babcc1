import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyLine } from './message-schema.ts';
import { INITIAL_STATE, isSettled, judgeEnd, type SessionState, step } from './session-state.ts';

interface Sent {
  readonly writer: string;
  readonly seq: number;
  readonly text: string;
}

/** All that a writer of our own sends: `opened`, some logs, `closed` with the total. */
function session(writer: string, logs: number): readonly Sent[] {
  const total = logs + 2;
  return Array.from({ length: total }, (_, at) => {
    const seq = at + 1;
    const [method, params, rest] =
      seq === 1
        ? ['opened', '{"extras": {}}', '']
        : seq === total
          ? ['closed', '{}', `, "total": ${total}`]
          : ['log', `{"message": "${writer} ${seq}", "level": "INFO"}`, ''];
    const text = `{"method": "${method}", "params": ${params}, "writer": "${writer}", "seq": ${seq}${rest}}`;
    return { writer, seq, text };
  });
}

interface Outcome {
  readonly state: SessionState;
  readonly delivered: readonly string[];
  readonly problems: readonly string[];
}

function run(lines: readonly string[], from: SessionState = INITIAL_STATE): Outcome {
  const delivered: string[] = [];
  const problems: string[] = [];
  let state = from;
  lines.forEach((text, at) => {
    const next = step(state, classifyLine(text), { place: `line ${at + 1}` });
    state = next.state;
    if (next.message !== undefined) delivered.push(text);
    problems.push(...next.problems.map(({ message }) => message));
  });
  return { state, delivered, problems };
}

/** Several writers' messages, interleaved; then some repeated later on, and some lost. */
const disturbed = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 3 }),
    fc.infiniteStream(fc.nat()),
    fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
  )
  .map(([lengths, picks, fates]) => {
    const queues = lengths.map((logs, at) => [...session(`w${at}`, logs)]);
    const lines: Sent[] = [];
    const lost: Sent[] = [];
    while (queues.some((queue) => queue.length > 0)) {
      const waiting = queues.filter((queue) => queue.length > 0);
      const sent = waiting[Number(picks.next().value) % waiting.length]?.shift() as Sent;
      const fate = Number(fates.next().value);
      // `closed` says how many there are: a loss after the last that came cannot be known.
      if (fate === 0 && !sent.text.includes('closed')) lost.push(sent);
      else lines.push(sent);
      if (fate === 1) lines.push(lines[Number(picks.next().value) % lines.length] as Sent);
    }
    return { lines: lines.filter((line) => line !== undefined), lost };
  });

describe('numbered messages, whatever becomes of them on the way', () => {
  test('are delivered once each, every writer in its order', () => {
    fc.assert(
      fc.property(disturbed, ({ lines }) => {
        const { delivered } = run(lines.map(({ text }) => text));
        expect(delivered).toEqual([...new Set(lines.map(({ text }) => text))]);
      }),
    );
  });

  test('that were lost are named, and no other', () => {
    fc.assert(
      fc.property(disturbed, ({ lines, lost }) => {
        const { state } = run(lines.map(({ text }) => text));
        const missing = state.writers.flatMap(({ name, numbering }) =>
          numbering.missing.flatMap(([first, last]) =>
            Array.from({ length: last - first + 1 }, (_, at) => `${name} ${first + at}`),
          ),
        );
        expect(missing.toSorted()).toEqual(lost.map(({ writer, seq }) => `${writer} ${seq}`).toSorted());
        expect(judgeEnd(state, '').some(({ kind }) => kind === 'gap')).toBe(lost.length > 0);
        expect(isSettled(state)).toBe(lost.length === 0);
      }),
    );
  });

  test('are delivered the same when a session stops anywhere and another reads everything again', () => {
    fc.assert(
      fc.property(disturbed, fc.nat(), ({ lines }, cut) => {
        const texts = lines.map(({ text }) => text);
        const before = run(texts.slice(0, cut % (texts.length + 1)));
        const after = run(texts, before.state);
        expect([...before.delivered, ...after.delivered]).toEqual(run(texts).delivered);
        expect(after.state).toEqual(run(texts).state);
      }),
    );
  });
});

const OPENED = '{"method": "opened", "params": {"extras": {}}}';
const CLOSED = '{"method": "closed", "params": {}}';
const LOG = '{"method": "log", "params": {"message": "m", "level": "INFO"}}';
const OUTPUT = '{"method": "log_external_stream", "params": {"stream": "stdout", "text": "t", "extras": {}}}';
const FAILED = '{"method": "closed", "params": {"exception": {"message": "bad\\n", "name": "ValueError"}}}';

describe('the order of messages', () => {
  test('of a clean session is nothing to speak of', () => {
    const { state, problems } = run([OPENED, LOG, OUTPUT, CLOSED]);
    expect(problems).toEqual([]);
    expect(judgeEnd(state, '')).toEqual([]);
    expect(isSettled(state)).toBe(true);
  });

  test.each([
    ['before "opened"', [LOG, OPENED, CLOSED], 'The message "log" at line 1 came before "opened".'],
    ['after "closed"', [OPENED, CLOSED, LOG], 'The message "log" at line 3 came after "closed".'],
    ['a second "opened"', [OPENED, OPENED, CLOSED], 'The message "opened" at line 2 came a second time.'],
    ['a second "closed"', [OPENED, CLOSED, CLOSED], 'The message "closed" at line 3 came a second time.'],
  ])('%s is odd, and all are handled', (_, lines, problem) => {
    const { state, delivered, problems } = run(lines);
    expect(delivered).toEqual(lines);
    expect(problems).toEqual([problem]);
    expect(judgeEnd(state, '')).toEqual([]);
  });

  test('does not matter for captured output', () => {
    expect(run([OUTPUT, OPENED, CLOSED, OUTPUT]).problems).toEqual([]);
  });

  test('messages of writers without numbers are never duplicates', () => {
    expect(run([OPENED, LOG, LOG, LOG, CLOSED])).toMatchObject({ delivered: { length: 5 }, problems: [] });
  });

  test('a number that comes late is delivered, and is no gap any more', () => {
    const [opened, first, second, closed] = session('w', 2).map(({ text }) => text) as [string, string, string, string];
    const { state, delivered, problems } = run([opened, second, first, closed]);
    expect(delivered).toEqual([opened, second, first, closed]);
    expect(problems).toEqual([
      'Before the message at line 2, messages 2 of writer w have not come.',
      'The message at line 3 came after later ones of writer w.',
    ]);
    expect(judgeEnd(state, '')).toEqual([]);
  });
});

describe('the end', () => {
  test.each([
    ['nothing came', [], ['not-opened']],
    ['only a log came', [LOG], ['not-opened']],
    ['it was not closed', [OPENED, LOG], ['not-closed']],
    ['it was opened again and not closed again', [OPENED, CLOSED, OPENED], ['not-closed']],
    [
      'a numbered writer stops without a gap',
      session('w', 3)
        .slice(0, 4)
        .map(({ text }) => text),
      ['not-closed'],
    ],
    [
      '`opened` is what was lost',
      session('w', 1)
        .slice(1)
        .map(({ text }) => text),
      ['not-opened', 'gap'],
    ],
    [
      'the total says that the last were lost',
      [OPENED, '{"method": "closed", "params": {}, "writer": "w", "seq": 1, "total": 4}'],
      ['gap', 'not-closed'],
    ],
    [
      'one of two writers never closed',
      [...session('a', 1), ...session('b', 1).slice(0, 2)].map(({ text }) => text),
      ['not-closed'],
    ],
  ])('%s', (_, lines, kinds) => {
    const problems = judgeEnd(run(lines).state, 'nobody opened');
    expect(problems.map(({ kind }) => kind)).toEqual(kinds);
    expect(problems.every(({ fails }) => fails)).toBe(true);
  });

  test('the first exception is kept, with its name and text apart', () => {
    const { state, problems } = run([OPENED, FAILED, CLOSED]);
    expect(state.exception).toMatchObject({ name: 'ValueError', message: 'bad\n' });
    expect(problems[0]).toBe('The external process failed: ValueError: bad');
  });
});

test('a line that is no message, a broken and an unknown one are problems, and the next is handled', () => {
  const broken = '{"method": "log_external_stream", "params": {}, "writer": "w", "seq": 2}';
  const unknown = '{"__dagster_pipes_version": "0.1", "method": "pulse", "params": {}, "writer": "w", "seq": 3}';
  const [opened, , , closed] = session('w', 2).map(({ text }) => text) as [string, string, string, string];
  const { state, delivered, problems } = run([opened, 'garbage', broken, unknown, closed]);
  expect(delivered).toEqual([opened, closed]);
  expect(problems).toEqual([
    expect.stringContaining('line 2 is not a Pipes message, where only messages belong: it is not JSON'),
    expect.stringContaining('The message at line 3 cannot be understood: in the params of "log_external_stream"'),
    'The message at line 4 has the unknown method "pulse": it was ignored.',
  ]);
  // Their numbers came all the same: nothing else is missing.
  expect(judgeEnd(state, '')).toEqual([]);
});

test('a process that sends each message in another name costs a bounded memory, and is told off once', () => {
  const lines = Array.from({ length: 3_000 }, (_, at) => session(`w${at}`, 0)[0]?.text ?? '');
  const { state, delivered, problems } = run(lines);
  expect(delivered).toHaveLength(3_000);
  expect(state.writers.length).toBeLessThanOrEqual(1_001);
  expect(problems.filter((text) => text.includes('one more writer than the 1000'))).toHaveLength(1);
});

test('numbers that cannot be counted on from, and names like books, number nothing', () => {
  const line = (writer: string, seq: string): string =>
    `{"method": "log", "params": {"message": "m"}, "writer": "${writer}", "seq": ${seq}}`;
  const { state, problems } = run([line('w', String(Number.MAX_SAFE_INTEGER)), line('w'.repeat(10_000), '1')]);
  expect(state.writers.map(({ name }) => name)).toEqual(['']);
  expect(problems.filter((text) => text.includes('numbering is unusable'))).toHaveLength(2);
});
