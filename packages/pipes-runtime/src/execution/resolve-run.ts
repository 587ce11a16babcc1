import { randomUUID } from 'node:crypto';
import { PipesError } from 'pipes-external/protocol';
import { planSteps, type Project } from '../definitions/project.ts';
import { callStep, inputKeys, type StepDef } from '../definitions/step-def.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import { makePlan, type Plan } from '../model/plan.ts';
import { choosePartitions, describePartitions, type PartitionChoice } from '../model/partitions.ts';
import type { Run, Tags } from '../model/run.ts';
import { select, type Selected, type Selection } from '../model/selection.ts';
import { resolveConfig, type RunConfig } from './run-config.ts';

/** What is asked of a run. */
export interface RunRequest {
  /** What to make: see docs/cli.md for the terms. @default '*' */
  readonly select?: Selection | undefined;
  /** One key, or `first...last`, both inclusive. Needed where something partitioned is selected. */
  readonly partition?: string | undefined;
  /** `{ assets: { <key or multi-asset name>: … }, resources: { <name>: … } }` */
  readonly config?: unknown;
  readonly tags?: Tags | undefined;
  /** @default the name of the project */
  readonly jobName?: string | undefined;
}

/** A request that fits the project. */
export interface ResolvedRun {
  readonly run: Run;
  readonly steps: ReadonlyMap<string, StepDef>;
  readonly plan: Plan;
  readonly partition: PartitionChoice | undefined;
  readonly config: RunConfig;
}

/**
 * Judges a request, before anything runs.
 *
 * @throws PipesError PIPES_SELECTION_INVALID, PIPES_PARTITION_INVALID or PIPES_CONFIG_INVALID
 */
export async function resolveRun(project: Project, request: RunRequest, now: Date): Promise<ResolvedRun> {
  const selected = select(project.graph, request.select ?? '*');
  const steps = [...project.steps.values()].filter((step) => selected.steps.has(step.stepKey));
  if (steps.length === 0) throw selectionError(['nothing is selected: the project defines no assets']);
  const missing = steps.flatMap((step) => missingInputs(step, selected));
  if (missing.length > 0) throw selectionError(missing);
  const partition = resolvePartition(steps, request.partition, now);
  const config = await resolveConfig(project, steps, request.config);
  return {
    run: {
      runId: randomUUID(),
      jobName: request.jobName ?? project.name,
      tags: request.tags ?? {},
      config: request.config ?? {},
      assetSelection: [...selected.assets],
      checkSelection: selected.checks.map(({ assetKey, checkName }) => ({ assetKey, checkName })),
      partitionKeys: partition?.keys ?? [],
    },
    steps: new Map(steps.map((step) => [step.stepKey, step])),
    plan: makePlan(planSteps(steps, project.makers)),
    partition,
    config,
  };
}

function missingInputs(step: StepDef, selected: Selected): readonly string[] {
  return inputKeys(step)
    .filter((key) => !selected.assets.has(key))
    .map((key) => {
      const takes = `${callStep(step)} takes the value of "${key}", which is not selected`;
      return step.kind === 'check'
        ? `${takes}: select "${key}" too, or give the check \`load: false\``
        : `${takes}: select it too, with "+${step.stepKey}", or make it a dep`;
    });
}

function resolvePartition(steps: readonly StepDef[], text: string | undefined, now: Date): PartitionChoice | undefined {
  const partitioned = steps.filter((step) => step.partitions !== undefined);
  const [first, ...others] = partitioned;
  const partitions = first?.partitions;
  if (first === undefined || partitions === undefined) {
    if (text === undefined) return undefined;
    throw partitionError(
      `The run is given the partition "${text}", but nothing that is selected has partitions: leave it out.`,
    );
  }
  const other = others.find((step) => step.partitions?.identity !== partitions.identity);
  if (other !== undefined) {
    const names = `${callStep(first)} (${partitions.description}) and ${callStep(other)} (${other.partitions?.description})`;
    throw partitionError(`${names} have different partitions: a run has partitions of one kind, so run them apart.`);
  }
  if (text !== undefined) return choosePartitions(partitions, text, now);
  throw partitionError(
    `${callStep(first)} is partitioned: name the partition of the run. There are ${describePartitions(partitions, now)}.`,
  );
}

function partitionError(message: string): PipesError<RuntimeErrorCode> {
  return new PipesError('PIPES_PARTITION_INVALID', message);
}

function selectionError(problems: readonly string[]): PipesError<RuntimeErrorCode> {
  const [only = '', ...others] = problems;
  const message = others.length === 0 ? `${only}.` : ['The selection does not fit:', ...problems].join('\n  - ');
  return new PipesError('PIPES_SELECTION_INVALID', message);
}
