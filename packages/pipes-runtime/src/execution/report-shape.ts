import type { CheckReport, MaterializationReport, StepReport } from '../definitions/result.ts';

/** A report, with what only results of sessions have. */
export type TakenReport = (MaterializationReport | CheckReport) & {
  readonly isImplicit?: unknown;
  readonly checkResults?: readonly CheckReport[] | undefined;
};

/** Takes what a step gave for a report, or says why it is none: to be read after the name of the step. */
export function readReport(value: unknown): { readonly report: TakenReport } | { readonly problem: string } {
  if (isReport(value)) return { report: value };
  const severity = wrongSeverity(value);
  if (severity !== undefined) {
    return { problem: `gave a check with the severity ${severity}: it must be "WARN" or "ERROR"` };
  }
  return { problem: `gave ${describe(value)}, which is no report. ${REPORT_SHAPES}` };
}

/** Whether a value is what a session gives, or a list of such: anything else that an asset returns is its value. */
export function isSessionResult(value: unknown): value is StepReport | readonly StepReport[] {
  if (Array.isArray(value))
    return value.length > 0 && value.every((each) => !Array.isArray(each) && isSessionResult(each));
  if (!isReport(value)) return false;
  const { kind, metadata } = value as { readonly kind?: unknown; readonly metadata?: unknown };
  return (kind === 'materialization' || kind === 'check') && metadata !== undefined;
}

const REPORT_SHAPES =
  'A report is { assetKey, metadata?, dataVersion? }, { assetKey, checkName, passed, severity?, metadata? }, or what a session gives';

type Loose = Partial<Record<keyof CheckReport, unknown>>;

function isReport(value: unknown): value is TakenReport {
  if (typeof value !== 'object' || value === null) return false;
  const { assetKey, checkName, passed, metadata } = value as Loose;
  const hasKey = typeof assetKey === 'string' || (Array.isArray(assetKey) && assetKey.length > 0);
  const hasMetadata = metadata === undefined || (typeof metadata === 'object' && metadata !== null);
  const isCheck = typeof checkName === 'string' && typeof passed === 'boolean' && wrongSeverity(value) === undefined;
  return hasKey && hasMetadata && (checkName === undefined || isCheck) && hasChecks(value);
}

function hasChecks(value: object): boolean {
  const checks = (value as { readonly checkResults?: unknown }).checkResults;
  return checks === undefined || (Array.isArray(checks) && checks.every(isReport));
}

/** The severity of a check, where it is none. */
function wrongSeverity(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { severity } = value as Loose;
  return severity === undefined || severity === 'WARN' || severity === 'ERROR' ? undefined : JSON.stringify(severity);
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `an object with the keys ${Object.keys(value).join(', ') || '(none)'}`;
}
