import { type MetadataInput, type Metadata, normalizeMetadata, PipesError } from 'pipes-external/protocol';
import type { CheckReport, MaterializationReport, StepReport } from '../definitions/result.ts';
import { callStep, type StepDef } from '../definitions/step-def.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import { type AssetKeyString, checkStepKey, toKey } from '../model/keys.ts';
import { didYouMean } from '../model/nearest.ts';
import type { EventRecorder } from './event-recorder.ts';

interface ReportsParts {
  readonly step: StepDef;
  /** Empty where the step has no partitions. */
  readonly partitionKeys: readonly string[];
  readonly recorder: EventRecorder;
}

/** What one attempt of a step says that it made and checked: judged against what it declares, and recorded. */
export class StepReports {
  readonly #parts: ReportsParts;
  readonly #made = new Set<AssetKeyString>();
  readonly #checked = new Set<string>();
  /** Materializations that nobody reported: they hold when the step succeeds without a report of that asset. */
  readonly #implied = new Map<AssetKeyString, MetadataInput>();
  #isClosed = false;

  constructor(parts: ReportsParts) {
    this.#parts = parts;
  }

  /**
   * Records a report. Resolves when it is durable, so that whoever streams reports is held back by a slow log.
   *
   * @throws PipesError PIPES_STEP_RESULT_INVALID for what the step does not declare or has reported, and when it has ended
   */
  async take(report: unknown): Promise<void> {
    if (this.#isClosed) throw this.#invalid('reported something after it had ended');
    if (!isReport(report)) throw this.#invalid(`gave ${describe(report)}, which is no report. ${REPORT_SHAPES}`);
    if (report.checkName !== undefined) this.#check(report);
    else if (report.isImplicit === true) this.imply(toKey(report.assetKey), report.metadata);
    else this.#materialize(report);
    for (const check of report.checkResults ?? []) this.#check(check);
    await this.#parts.recorder.flush();
  }

  /** The success of the step will mean that it made this asset, unless it says more of it. */
  imply(assetKey: AssetKeyString, metadata: MetadataInput = {}): void {
    const isDeclared = this.#parts.step.assets.some(({ key }) => key === assetKey);
    if (isDeclared) this.#implied.set(assetKey, { ...this.#implied.get(assetKey), ...metadata });
  }

  /** Records what is implied and was not reported. */
  takeImplied(): void {
    for (const assetKey of this.#implied.keys()) if (!this.#made.has(assetKey)) this.#materialize({ assetKey });
  }

  /** @throws PipesError PIPES_STEP_RESULT_INVALID naming what the step declares and did not report */
  finish(): void {
    this.takeImplied();
    const { assets, checks } = this.#parts.step;
    const missing = assets
      .filter(({ key, optional }) => !optional && !this.#made.has(key))
      .map(({ key }) => `"${key}"`);
    const open = checks
      .filter((check) => !this.#checked.has(checkStepKey(check)))
      .filter(({ assetKey }) => assets.length === 0 || this.#made.has(assetKey))
      .map(({ assetKey, checkName }) => `the check "${checkName}" of "${assetKey}"`);
    if (missing.length > 0) {
      throw this.#invalid(`did not report ${missing.join(', ')}. Report it, or declare it \`optional: true\``);
    }
    if (open.length > 0) throw this.#invalid(`did not report ${open.join(', ')}, which it declares`);
  }

  /** The attempt is over: what comes now is refused. */
  close(): void {
    this.#isClosed = true;
  }

  #materialize(report: MaterializationReport): void {
    const { step, partitionKeys, recorder } = this.#parts;
    const assetKey = toKey(report.assetKey);
    const declared = step.assets.map(({ key }) => key);
    if (!declared.includes(assetKey)) {
      const hint = didYouMean(assetKey, declared) || `. It makes ${declared.join(', ') || 'no asset'}`;
      throw this.#invalid(`reported the asset "${assetKey}", which it does not declare${hint}`);
    }
    if (this.#made.has(assetKey)) throw this.#invalid(`reported the asset "${assetKey}" twice`);
    this.#made.add(assetKey);
    const metadata = this.#metadata({ ...this.#implied.get(assetKey), ...report.metadata });
    const dataVersion = report.dataVersion ?? null;
    for (const partition of partitionKeys.length === 0 ? [null] : partitionKeys) {
      recorder.emit({
        type: 'ASSET_MATERIALIZATION',
        stepKey: step.stepKey,
        assetKey,
        partition,
        metadata,
        dataVersion,
      });
    }
  }

  #check(report: CheckReport): void {
    const { step, recorder } = this.#parts;
    const { passed, checkName, severity = 'ERROR' } = report;
    const check = { assetKey: toKey(report.assetKey), checkName };
    const name = `the check "${checkName}" of "${check.assetKey}"`;
    const declared = step.checks.map(checkStepKey);
    if (!declared.includes(checkStepKey(check))) {
      const hint = didYouMean(checkStepKey(check), declared).replaceAll('check:', '');
      throw this.#invalid(`reported ${name}, which it does not declare${hint || '. List it in `checks`'}`);
    }
    if (this.#checked.has(checkStepKey(check))) throw this.#invalid(`reported ${name} twice`);
    this.#checked.add(checkStepKey(check));
    const metadata = this.#metadata(report.metadata);
    recorder.emit({ type: 'ASSET_CHECK_EVALUATION', stepKey: step.stepKey, ...check, passed, severity, metadata });
  }

  #metadata(input: MetadataInput | undefined): Metadata {
    const { metadata, warnings } = normalizeMetadata(input ?? {});
    const { step, recorder } = this.#parts;
    for (const message of warnings) recorder.emit({ type: 'LOG', stepKey: step.stepKey, level: 'warning', message });
    return metadata;
  }

  #invalid(what: string): PipesError<RuntimeErrorCode> {
    return new PipesError(
      'PIPES_STEP_RESULT_INVALID',
      `${callStep(this.#parts.step)} ${what}${/[.?]$/.test(what) ? '' : '.'}`,
    );
  }
}

const REPORT_SHAPES =
  'A report is { assetKey, metadata?, dataVersion? }, { assetKey, checkName, passed, severity?, metadata? }, or what a session gives';

/** A report, with what only results of sessions have. */
type TakenReport = (MaterializationReport | CheckReport) & {
  readonly isImplicit?: unknown;
  readonly checkResults?: readonly CheckReport[] | undefined;
};

function isReport(value: unknown): value is TakenReport {
  if (typeof value !== 'object' || value === null) return false;
  const { assetKey, checkName, passed, severity, metadata } = value as Partial<Record<keyof CheckReport, unknown>>;
  const hasKey = typeof assetKey === 'string' || (Array.isArray(assetKey) && assetKey.length > 0);
  const hasMetadata = metadata === undefined || (typeof metadata === 'object' && metadata !== null);
  const isCheck = typeof checkName === 'string' && typeof passed === 'boolean';
  const hasSeverity = severity === undefined || severity === 'WARN' || severity === 'ERROR';
  return hasKey && hasMetadata && hasSeverity && (checkName === undefined || isCheck) && hasChecks(value);
}

function hasChecks(value: object): boolean {
  const checks = (value as { readonly checkResults?: unknown }).checkResults;
  return checks === undefined || (Array.isArray(checks) && checks.every(isReport));
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `an object with the keys ${Object.keys(value).join(', ') || '(none)'}`;
}

/** Whether a value is what a session gives, or a list of such: anything else that an asset returns is its value. */
export function isSessionResult(value: unknown): value is StepReport | readonly StepReport[] {
  if (Array.isArray(value))
    return value.length > 0 && value.every((each) => !Array.isArray(each) && isSessionResult(each));
  if (!isReport(value)) return false;
  const { kind, metadata } = value as { readonly kind?: unknown; readonly metadata?: unknown };
  return (kind === 'materialization' || kind === 'check') && metadata !== undefined;
}
