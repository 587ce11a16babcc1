import {
  type JsonObject,
  type JsonValue,
  parseWireJson,
  PipesError,
  stringifyWireJson,
  toWireMetadata,
} from 'pipes-external/protocol';
import * as z from 'zod';
import type { OrchestratorErrorCode } from '../errors.ts';
import type { PipesExecutionResult } from '../results.ts';
import { judgeMessage } from './message-schema.ts';
import type { PipesSessionCursor } from './pipes-session.ts';
import { INITIAL_STATE, type SessionState } from './session-state.ts';
import { readException } from './tolerant-values.ts';
import type { SessionProblem } from './problem.ts';

/** Everything that a session knows between two lines, so that another can go on there. */
export interface SessionSnapshot {
  /** After the last batch that was handled whole. Null before the first. */
  readonly readerCursor: JsonValue;
  /** How many lines after that were handled. */
  readonly linesSince: number;
  readonly state: SessionState;
  readonly problems: readonly SessionProblem[];
  /** How many there were of each sort, with those that were not kept. */
  readonly problemCounts: Readonly<Record<string, number>>;
  /** Assets of the step of which no materialization came. */
  readonly unreported: readonly string[];
  /** What nobody took yet. */
  readonly results: readonly PipesExecutionResult[];
  readonly customMessages: readonly JsonValue[];
}

export function initialSnapshot(assetKeys: readonly string[]): SessionSnapshot {
  return {
    readerCursor: null,
    linesSince: 0,
    state: INITIAL_STATE,
    problems: [],
    problemCounts: {},
    unreported: assetKeys,
    results: [],
    customMessages: [],
  };
}

/** The state is one text, since it may hold numbers that `JSON.stringify` refuses or rounds. */
export function encodeCursor(snapshot: SessionSnapshot): PipesSessionCursor {
  const { readerCursor, state, problems, results, ...rest } = snapshot;
  const stored = {
    ...rest,
    ...state,
    problems: problems.map(({ kind, message, fails }) => ({ kind, message, fails })),
    results: results.map(toReport),
  };
  return { reader: readerCursor, state: stringifyWireJson(stored as unknown as JsonObject) };
}

/** @throws PipesError PIPES_OPTION_INVALID when it is not a cursor of a session */
export function decodeCursor(cursor: PipesSessionCursor): SessionSnapshot {
  try {
    const { writers, hasUntracked, openedExtras, exception, results, ...rest } = stored.parse(
      parseWireJson(z.string().parse(cursor.state)),
    );
    return {
      ...rest,
      readerCursor: cursor.reader,
      state: {
        writers,
        hasUntracked,
        openedExtras: openedExtras as JsonObject | null,
        exception: readException(exception),
      },
      results: results.map(fromReport),
      customMessages: rest.customMessages as JsonValue[],
    };
  } catch (error) {
    throw new PipesError<OrchestratorErrorCode>(
      'PIPES_OPTION_INVALID',
      'The option "resumeAt" is not the cursor of a session. Pass what session.cursor gave, as it was.',
      { cause: error },
    );
  }
}

const count = z.int().nonnegative();
const numbering = z.object({
  next: count,
  missing: z.array(z.tuple([count, count])),
  untracked: count,
});
const stored = z.object({
  linesSince: count,
  writers: z.array(z.object({ name: z.string(), isOpened: z.boolean(), isClosed: z.boolean(), numbering })),
  hasUntracked: z.boolean(),
  openedExtras: z.record(z.string(), z.unknown()).nullable(),
  exception: z.unknown(),
  problems: z.array(
    z.object({
      kind: z.enum(['not-opened', 'not-closed', 'exception', 'gap', 'broken-message', 'channel', 'oddity']),
      message: z.string(),
      fails: z.boolean(),
    }),
  ),
  problemCounts: z.record(z.string(), count),
  unreported: z.array(z.string()),
  results: z.array(
    z.object({ method: z.enum(['report_asset_materialization', 'report_asset_check']), params: z.unknown() }),
  ),
  customMessages: z.array(z.unknown()),
});

/** A result as the message that it came in. */
function toReport(result: PipesExecutionResult): JsonObject {
  const metadata = toWireMetadata(result.metadata) as JsonObject | null;
  if (result.kind === 'materialization') {
    const params = { asset_key: result.assetKey, metadata, data_version: result.dataVersion };
    return { method: 'report_asset_materialization', params };
  }
  const { assetKey, checkName, passed, severity } = result;
  const params = { asset_key: assetKey, check_name: checkName, passed, severity, metadata };
  return { method: 'report_asset_check', params };
}

function fromReport(report: z.output<typeof stored>['results'][number]): PipesExecutionResult {
  const message = judgeMessage(report.method, report.params as JsonValue, []);
  if ('problem' in message) throw new TypeError(message.problem);
  return message.params as PipesExecutionResult;
}
