import type { Candidate } from './definitions.ts';
import type { ResourceDef, ResourceMap } from './resource.ts';
import { callStep } from './step-def.ts';

/** Resources that are used and not given, and those given under two names. */
export function resourceProblems({ steps, resources }: Candidate): readonly string[] {
  const names = new Map<ResourceDef, string>();
  const problems: string[] = [];
  for (const [name, each] of resources) {
    const other = names.get(each);
    if (other !== undefined) problems.push(`resources "${other}" and "${name}" are one and the same: keep one name`);
    names.set(each, name);
  }
  const report = (who: string, used: ResourceMap): void => {
    for (const [alias, each] of Object.entries(used)) {
      if (!names.has(each)) problems.push(missing(who, alias, resources.has(alias)));
    }
  };
  for (const step of steps) report(callStep(step), step.resources);
  for (const [name, each] of resources) report(`resource "${name}"`, each.deps);
  return problems;
}

function missing(who: string, alias: string, isNameTaken: boolean): string {
  const remedy = isNameTaken
    ? 'the one given to define() under that name is another definition'
    : `add it: define({ resources: { ${alias} } })`;
  return `${who} uses the resource "${alias}", which is not among those given to define(): ${remedy}`;
}
