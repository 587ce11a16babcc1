import { type MetadataInput, type Metadata, normalizeMetadata, PipesError } from 'pipes-external/protocol';
import type { CheckReport, MaterializationReport } from '../definitions/result.ts';
import { type AssetSpec, callStep, type CheckSpec, type StepDef } from '../definitions/step-def.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import { type AssetKeyString, checkStepKey, toKey } from '../model/keys.ts';
import { didYouMean } from '../model/nearest.ts';
import { someOf } from '../model/some-of.ts';
import type { EventRecorder } from './event-recorder.ts';
import { readReport, type TakenReport } from './report-shape.ts';

interface ReportsParts {
  readonly step: StepDef;
  /** Empty where the step has no partitions. */
  readonly partitionKeys: readonly string[];
  readonly recorder: EventRecorder;
}

/** What one attempt of a step says that it made and checked: judged against what it declares, and recorded. */
export class StepReports {
  readonly #parts: ReportsParts;
  readonly #assets: ReadonlyMap<AssetKeyString, AssetSpec>;
  /** By the keys that they would have as steps. */
  readonly #checks: ReadonlyMap<string, CheckSpec>;
  readonly #made = new Set<AssetKeyString>();
  readonly #checked = new Set<string>();
  /** Materializations that nobody reported: they hold when the step succeeds without a report of that asset. */
  readonly #implied = new Map<AssetKeyString, MetadataInput>();
  #isClosed = false;

  constructor(parts: ReportsParts) {
    const { assets, checks } = parts.step;
    this.#parts = parts;
    this.#assets = new Map(assets.map((each) => [each.key, each]));
    this.#checks = new Map(checks.map((each) => [checkStepKey(each), each]));
  }

  /**
   * Records a report. Resolves when it is durable, so that whoever streams reports is held back by a slow log.
   *
   * @throws PipesError PIPES_STEP_RESULT_INVALID for what the step does not declare or has reported, and when it has ended
   */
  async take(report: unknown): Promise<void> {
    if (this.#isClosed) throw this.#invalid('reported something after it had ended');
    const read = readReport(report);
    if ('problem' in read) throw this.#invalid(read.problem);
    this.#record(read.report);
    await this.#parts.recorder.flush();
  }

  #record(report: TakenReport): void {
    if (report.checkName !== undefined) this.#check(report);
    else if (report.isImplicit === true) this.imply(toKey(report.assetKey), report.metadata);
    else this.#materialize(report);
    for (const check of report.checkResults ?? []) this.#check(check);
  }

  /** The success of the step will mean that it made this asset, unless it says more of it. */
  imply(assetKey: AssetKeyString, metadata: MetadataInput = {}): void {
    if (this.#assets.has(assetKey)) this.#implied.set(assetKey, { ...this.#implied.get(assetKey), ...metadata });
  }

  /** Records what is implied and was not reported. */
  takeImplied(): void {
    for (const assetKey of this.#implied.keys()) if (!this.#made.has(assetKey)) this.#materialize({ assetKey });
  }

  /** @throws PipesError PIPES_STEP_RESULT_INVALID naming what the step declares and did not report */
  finish(): void {
    this.takeImplied();
    const missing = Array.from(this.#assets.values())
      .filter(({ key, optional }) => !optional && !this.#made.has(key))
      .map(({ key }) => key);
    if (missing.length > 0) {
      throw this.#invalid(`did not report ${someOf(missing)}. Report it, or declare it \`optional: true\``);
    }
    const [open, ...others] = Array.from(this.#checks)
      .filter(([key, { assetKey }]) => !this.#checked.has(key) && (this.#assets.size === 0 || this.#made.has(assetKey)))
      .map(([, { assetKey, checkName }]) => `the check "${checkName}" of "${assetKey}"`);
    if (open === undefined) return;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    throw this.#invalid(`did not report ${open}${more}, which it declares`);
  }

  /** The attempt is over: what comes now is refused. */
  close(): void {
    this.#isClosed = true;
  }

  #materialize(report: MaterializationReport): void {
    const { step, partitionKeys, recorder } = this.#parts;
    const assetKey = toKey(report.assetKey);
    if (!this.#assets.has(assetKey)) {
      const declared = [...this.#assets.keys()];
      const hint = didYouMean(assetKey, declared) || `. It makes ${someOf(declared) || 'no asset'}`;
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
    const key = checkStepKey(check);
    if (!this.#checks.has(key)) {
      const hint = didYouMean(key, this.#checks.keys()).replaceAll('check:', '');
      throw this.#invalid(`reported ${name}, which it does not declare${hint || '. List it in `checks`'}`);
    }
    if (this.#checked.has(key)) throw this.#invalid(`reported ${name} twice`);
    this.#checked.add(key);
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
