import type { PipesStream } from 'pipes-external/protocol';
import type { ExecutionLog } from 'pipes-orchestrator';
import type { StepContext } from '../definitions/step-context.ts';
import type { StepDef } from '../definitions/step-def.ts';
import type { LogLevel } from '../model/event.ts';
import type { AssetKeyString, StepKey } from '../model/keys.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { RunScope } from './run-scope.ts';
import type { StepReports } from './step-reports.ts';
import type { StepSessions } from './step-sessions.ts';

/** What one attempt of a step is made of. */
export interface StepAttempt {
  readonly scope: RunScope;
  readonly step: StepDef;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly reports: StepReports;
  readonly sessions: StepSessions;
}

/** What the user's function of a step is given. */
export function makeStepContext(
  parts: StepAttempt,
  resources: Readonly<Record<string, unknown>>,
): StepContext<unknown> {
  const { scope, step, attempt, signal, reports, sessions } = parts;
  const { run, callbacks, recorder } = scope;
  const codeVersions = new Map(step.assets.map((each) => [each.key, each.codeVersion]));
  const assetKeys = [...new Set([...step.assets.map((each) => each.key), ...step.checks.map((each) => each.assetKey)])];
  return {
    runId: run.runId,
    jobName: run.jobName,
    stepKey: step.stepKey,
    attempt,
    retryNumber: attempt - 1,
    assetKeys,
    codeVersions: byAsset(assetKeys, (key) => codeVersions.get(key) ?? null),
    provenance: byAsset(assetKeys, () => null),
    config: scope.configs.get(step.stepKey),
    resources,
    tags: run.tags,
    ...partitionsOf(step, scope),
    log: stepLog(recorder, step.stepKey),
    output: (stream: PipesStream, text: string) => callbacks.output(step.stepKey, stream, text),
    signal,
    onSessionOpened: (session) => sessions.add(session),
    report: (report) => reports.take(report),
  };
}

/** The keys that a step works on in this run. */
export function partitionKeysOf(step: StepDef, scope: RunScope): readonly string[] {
  return step.partitions === undefined ? [] : (scope.partition?.keys ?? []);
}

/**
 * A log of which every line is an event. Lines of no step in particular have no step key. Logging cannot wait: lines that
 * come faster than the event log stores them are held in memory. Reports can, and hold back who makes them.
 */
export function stepLog(recorder: EventRecorder, stepKey: StepKey | null): ExecutionLog {
  const at =
    (level: LogLevel) =>
    (message: string): void =>
      recorder.emit({ type: 'LOG', stepKey, level, message });
  return { debug: at('debug'), info: at('info'), warning: at('warning'), error: at('error'), critical: at('critical') };
}

type Partitions = Pick<StepContext, 'partitionKeys' | 'partitionKey' | 'partitionKeyRange' | 'partitionTimeWindow'>;

function partitionsOf(step: StepDef, scope: RunScope): Partitions {
  const partitionKeys = partitionKeysOf(step, scope);
  const [start, end] = [partitionKeys[0], partitionKeys.at(-1)];
  const isPartitioned = start !== undefined && end !== undefined;
  return {
    partitionKeys,
    partitionKey: partitionKeys.length === 1 ? start : undefined,
    partitionKeyRange: isPartitioned ? { start, end } : undefined,
    partitionTimeWindow: isPartitioned ? scope.partition?.window : undefined,
  };
}

function byAsset<T>(
  keys: readonly AssetKeyString[],
  value: (key: AssetKeyString) => T,
): Readonly<Record<AssetKeyString, T>> {
  return Object.fromEntries(keys.map((key) => [key, value(key)]));
}
