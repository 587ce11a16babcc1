import type { JsonObject, MessageSequence, PipesException } from 'pipes-external/protocol';
import type { ReceivedLine } from '../message-readers/message-reader.ts';
import { toError } from './external-error.ts';
import type { Line, ReceivedMessage } from './message-schema.ts';
import {
  type Arrival,
  describeMissing,
  expectUpTo,
  isComplete,
  NOTHING_CAME,
  type Numbering,
  takeNumber,
} from './numbering.ts';
import type { SessionProblem } from './problem.ts';

/** What one writer did so far. Those that do not number their messages (every library but ours) count as one. */
export interface WriterState {
  /** `''` for all who do not number. */
  readonly name: string;
  readonly isOpened: boolean;
  readonly isClosed: boolean;
  readonly numbering: Numbering;
}

/** What a session remembers of the lines it was given. Plain values: see `session-cursor.ts`. */
export interface SessionState {
  /** In order of appearance. A list, since there are few, and a copy of a short list costs less than one of a Map. */
  readonly writers: readonly WriterState[];
  /** There were more than {@link MAX_WRITERS} that number. */
  readonly hasUntracked: boolean;
  /** The extras of the last `opened`. */
  readonly openedExtras: JsonObject | null;
  /** The first error that a writer closed with. */
  readonly exception: PipesException | null;
}

/** Where a line was found. Spelling that costs, and only a problem needs it. */
type Found = Pick<ReceivedLine, 'place'>;

/** What one line comes to. */
export interface Step {
  readonly state: SessionState;
  /** To be acted on. Each message comes out once, however often it came in, if its writer numbers. */
  readonly message: ReceivedMessage | undefined;
  readonly problems: readonly SessionProblem[];
}

export const INITIAL_STATE: SessionState = {
  writers: [],
  hasUntracked: false,
  openedExtras: null,
  exception: null,
};

const UNNUMBERED = '';

/** A process that sends each message in another name must not fill the memory. */
const MAX_WRITERS = 1_000;

/** Takes the next line of a session. Pure: the same lines give the same steps, whatever way they came. */
export function step(state: SessionState, line: Line, found: Found): Step {
  if (line.kind === 'foreign') return { state, message: undefined, problems: [notAMessage(line.reason, found)] };
  const isTracked = line.sequence === undefined || hasRoomFor(line.sequence.writer, state);
  if (isTracked) return stepWriter(state, line, found);
  const { problems, ...taken } = stepWriter({ ...state, hasUntracked: true }, { ...line, sequence: undefined }, found);
  return { ...taken, problems: state.hasUntracked ? problems : [tooManyWriters(found), ...problems] };
}

function hasRoomFor(name: string, { writers }: SessionState): boolean {
  return writers.length < MAX_WRITERS || writers.some((writer) => writer.name === name);
}

function stepWriter(state: SessionState, line: Exclude<Line, { kind: 'foreign' }>, found: Found): Step {
  const before = findWriter(state, line.sequence?.writer ?? UNNUMBERED);
  const { writer: numbered, arrival } = count(before, line.sequence);
  if (arrival === 'duplicate') {
    const text = `Message ${line.sequence?.seq} of writer ${before.name} at ${found.place} came before: it was dropped.`;
    return { state, message: undefined, problems: [oddity(text)] };
  }
  const problems: SessionProblem[] = [];
  if (arrival !== 'in-order') problems.push(describeArrival(arrival, numbered, found));
  if (line.kind !== 'message') {
    problems.push(judge(line, found));
    return { state: withWriter(state, numbered), message: undefined, problems };
  }
  judgeMessage(line, before, found, problems);
  const { message } = line;
  return { state: withWriter(remember(state, message), openOrClose(numbered, message)), message, problems };
}

/** Whether every writer that opened has closed, and nothing that was sent is missing. */
export function isSettled({ writers }: SessionState): boolean {
  return (
    writers.some(({ isOpened }) => isOpened) &&
    writers.every((writer) => (writer.isClosed || !mustClose(writer)) && isComplete(writer.numbering))
  );
}

/**
 * What is wrong with a session that is over.
 *
 * A missing `closed` fails also where every message was numbered and none is missing: how much was sent after the last
 * one that came is what only `closed` can say.
 *
 * @param notOpened what to say where no writer opened
 */
export function judgeEnd({ writers }: SessionState, notOpened: string): readonly SessionProblem[] {
  const gaps = writers
    .filter(({ numbering }) => !isComplete(numbering))
    .map(({ name, numbering }) =>
      failure('gap', `Messages ${describeMissing(numbering)} of writer ${name} did not arrive.`),
    );
  if (!writers.some(({ isOpened }) => isOpened)) return [failure('not-opened', notOpened), ...gaps];
  const unclosed = writers
    .filter((writer) => mustClose(writer) && !writer.isClosed)
    .map(({ name }) => failure('not-closed', describeUnclosed(name, writers.length)));
  return [...gaps, ...unclosed];
}

function describeUnclosed(name: string, writers: number): string {
  const who = writers === 1 ? 'The external process' : `Writer ${name || 'without a name'}`;
  return `${who} opened its session and never closed it: what it still held may be lost. It must call close(), or use runDagsterPipes() or "await using" (in Python, "with open_dagster_pipes()"). Was it killed?`;
}

/** Whoever opened must close. So must a writer that numbers: its `opened` may be what is missing. */
function mustClose({ isOpened, numbering }: WriterState): boolean {
  return isOpened || numbering.next > 1;
}

function count(
  writer: WriterState,
  sequence: MessageSequence | undefined,
): { readonly writer: WriterState; readonly arrival: Arrival } {
  if (sequence === undefined) return { writer, arrival: 'in-order' };
  const { numbering, arrival } = takeNumber(writer.numbering, sequence.seq);
  const announced = sequence.total === undefined ? numbering : expectUpTo(numbering, sequence.total);
  return { writer: { ...writer, numbering: announced }, arrival };
}

function describeArrival(
  arrival: 'ahead' | 'late',
  { name, numbering }: WriterState,
  { place }: Found,
): SessionProblem {
  return arrival === 'late'
    ? oddity(`The message at ${place} came after later ones of writer ${name}.`)
    : oddity(`Before the message at ${place}, messages ${describeMissing(numbering)} of writer ${name} have not come.`);
}

function openOrClose(writer: WriterState, { method }: ReceivedMessage): WriterState {
  // Another `opened` begins anew: a process that was started twice must close twice.
  if (method === 'opened') return { ...writer, isOpened: true, isClosed: false };
  return method === 'closed' ? { ...writer, isClosed: true } : writer;
}

function remember(state: SessionState, message: ReceivedMessage): SessionState {
  if (message.method === 'opened') return { ...state, openedExtras: message.params.extras };
  if (message.method === 'closed' && message.params.exception !== undefined && state.exception === null) {
    return { ...state, exception: message.params.exception };
  }
  return state;
}

function findWriter({ writers }: SessionState, name: string): WriterState {
  return (
    writers.find((writer) => writer.name === name) ?? {
      name,
      isOpened: false,
      isClosed: false,
      numbering: NOTHING_CAME,
    }
  );
}

function withWriter(state: SessionState, writer: WriterState): SessionState {
  const at = state.writers.findIndex(({ name }) => name === writer.name);
  if (at !== -1 && state.writers[at] === writer) return state;
  return { ...state, writers: at === -1 ? [...state.writers, writer] : state.writers.with(at, writer) };
}

function judge(line: Exclude<Line, { kind: 'message' | 'foreign' }>, found: Found): SessionProblem {
  return line.kind === 'unknown'
    ? oddity(`The message at ${found.place} has the unknown method "${line.method}": it was ignored.`)
    : failure('broken-message', `The message at ${found.place} cannot be understood: ${line.reason}.`);
}

/** @param problems where to add to */
function judgeMessage(
  { message, remarks }: Extract<Line, { kind: 'message' }>,
  before: WriterState,
  found: Found,
  problems: SessionProblem[],
): void {
  for (const { text, lost } of remarks) {
    const sentence = `In the message "${message.method}" at ${found.place}: ${text}.`;
    problems.push(lost ? { kind: 'broken-message', message: sentence, fails: false } : oddity(sentence));
  }
  const order = describeOrder(message, before);
  if (order !== undefined) problems.push(oddity(`The message "${message.method}" at ${found.place} came ${order}.`));
  if (message.method === 'closed' && message.params.exception !== undefined) {
    const cause = toError(message.params.exception);
    problems.push({ ...failure('exception', `The external process failed: ${cause.name}: ${cause.message}`), cause });
  }
}

/** What is odd about when a message came. Captured output may come at any time: Python's capture outlives its session. */
function describeOrder({ method }: ReceivedMessage, before: WriterState): string | undefined {
  if (method === 'log_external_stream') return undefined;
  if (method === 'opened') return before.isOpened ? 'a second time' : undefined;
  if (before.isClosed) return method === 'closed' ? 'a second time' : 'after "closed"';
  return before.isOpened ? undefined : 'before "opened"';
}

function tooManyWriters({ place }: Found): SessionProblem {
  return failure(
    'gap',
    `The message at ${place} is of one more writer than the ${MAX_WRITERS} that are followed: whether messages of further ones are missing is not known.`,
  );
}

function notAMessage(reason: string, found: Found): SessionProblem {
  return failure('broken-message', `${found.place} is not a Pipes message, where only messages belong: ${reason}.`);
}

function oddity(message: string): SessionProblem {
  return { kind: 'oddity', message, fails: false };
}

function failure(kind: SessionProblem['kind'], message: string): SessionProblem {
  return { kind, message, fails: true };
}
