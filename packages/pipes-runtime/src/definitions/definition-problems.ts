import { assetKeyProblem, nameProblem } from '../model/keys.ts';
import { didYouMean } from '../model/nearest.ts';
import { describeCycle, findCycle } from '../model/plan.ts';
import type { Candidate } from './definitions.ts';
import { planSteps } from './project.ts';
import { resourceProblems } from './resource-problems.ts';
import { callStep, type StepDef, upstreamOf } from './step-def.ts';

/** Everything that is wrong with definitions, one sentence each, with what to do. */
export function definitionProblems(candidate: Candidate): readonly string[] {
  const { steps } = candidate;
  return [
    ...steps.flatMap(nameProblems),
    ...duplicates(steps),
    ...steps.flatMap((step) => dependencyProblems(step, candidate)),
    ...steps.flatMap((step) => inputProblems(step, candidate)),
    ...resourceProblems(candidate),
    ...cycleProblems(candidate),
  ];
}

function nameProblems(step: StepDef): readonly string[] {
  const problems: string[] = [];
  const report = (what: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push(`${callStep(step)}: ${what} ${problem}`);
  };
  if (step.kind === 'multi-asset') report('its name', nameProblem(step.stepKey));
  if (step.kind === 'multi-asset' && step.assets.length === 0) report('it', 'has no specs: list what it makes');
  for (const { key, group } of step.assets) {
    report(`the key "${key}"`, assetKeyProblem(key));
    if (group !== undefined) report(`the group "${group}"`, nameProblem(group));
  }
  for (const { checkName } of step.checks) report(`the check name "${checkName}"`, nameProblem(checkName));
  return problems;
}

function duplicates(steps: readonly StepDef[]): readonly string[] {
  const problems: string[] = [];
  const taken = new Map<string, StepDef>();
  const claim = (what: string, step: StepDef): void => {
    const other = taken.get(what);
    if (other !== undefined) {
      const both = other === step ? callStep(step) : `${callStep(other)} and ${callStep(step)}`;
      problems.push(`${both}: ${what} is there twice; rename one`);
    }
    taken.set(what, step);
  };
  for (const step of steps) {
    const keys = step.assets.map((each) => each.key);
    // Selections and config call assets and multi-assets alike, so they share one space of names.
    const names = step.kind === 'multi-asset' && !keys.includes(step.stepKey) ? [...keys, step.stepKey] : keys;
    for (const name of names) claim(`the name "${name}"`, step);
    for (const check of step.checks) claim(`the check "${check.checkName}" of "${check.assetKey}"`, step);
  }
  return problems;
}

function dependencyProblems(step: StepDef, { makers }: Candidate): readonly string[] {
  const inputs = new Set(Object.values(step.inputs).map((input) => input.stepKey));
  return upstreamOf(step)
    .filter((key) => !makers.has(key) && !inputs.has(key))
    .map((key) => {
      const hint = didYouMean(key, makers.keys()) || ': add it to the assets given to define()';
      return `${callStep(step)} depends on "${key}", which no asset makes${hint}`;
    });
}

function inputProblems(step: StepDef, { makers }: Candidate): readonly string[] {
  return Object.entries(step.inputs).flatMap(([name, input]) => {
    const maker = makers.get(input.stepKey);
    const takes = `${callStep(step)} takes "${input.stepKey}" as "${name}"`;
    if (maker === undefined) return `${takes}, which is not among the assets given to define(): add it`;
    if (maker !== input) return `${takes}, but another definition of that key is given to define(): use the same one`;
    const [own, theirs] = [step.partitions, maker.partitions];
    if (own === undefined || theirs === undefined || own.identity === theirs.identity) return [];
    return `${takes}, but they are partitioned differently (${own.description}; ${theirs.description}): a run has partitions of one kind, so use deps`;
  });
}

function cycleProblems({ steps, makers }: Candidate): readonly string[] {
  const cycle = findCycle(planSteps(steps, makers));
  return cycle === undefined ? [] : [`steps depend on each other in a circle: ${describeCycle(cycle)}`];
}
