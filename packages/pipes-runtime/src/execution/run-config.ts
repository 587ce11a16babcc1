import { PipesError } from 'pipes-external/protocol';
import type { z } from 'zod';
import type { Project } from '../definitions/project.ts';
import type { ConfigSchema, ResourceDef, ResourceMap } from '../definitions/resource.ts';
import type { StepDef } from '../definitions/step-def.ts';
import type { RuntimeErrorCode } from '../errors.ts';
import type { StepKey } from '../model/keys.ts';
import { didYouMean } from '../model/nearest.ts';
import { jsonProblem } from '../model/plain-json.ts';
import { runConfigSchema } from './run-config-schema.ts';

/** Config that fits, as the schemas made it. */
export interface RunConfig {
  readonly steps: ReadonlyMap<StepKey, unknown>;
  readonly resources: ReadonlyMap<ResourceDef, unknown>;
}

/**
 * Judges the config of a run: the parts for the steps of the run, and for the resources that they use. Parts for other
 * assets and resources may be there.
 *
 * @throws PipesError PIPES_CONFIG_INVALID naming every problem with its path
 */
export async function resolveConfig(project: Project, steps: readonly StepDef[], given: unknown): Promise<RunConfig> {
  const foreign = jsonProblem(given ?? {});
  if (foreign !== undefined) throw invalid([`${foreign}, and a run is put on record with its config`]);
  const shape = runConfigSchema.safeParse(given ?? {});
  if (!shape.success) throw invalid(shape.error.issues.map((issue) => describeIssue([], issue)));
  const { assets = {}, resources = {} } = shape.data;
  const configurable = [...project.steps.values()].filter((step) => step.kind !== 'check').map((step) => step.stepKey);
  const problems: string[] = [
    ...unknownNames('assets', assets, configurable),
    ...unknownNames('resources', resources, [...project.resources.keys()]),
  ];
  const used = usedResources(steps);
  const parsedSteps = new Map<StepKey, unknown>();
  for (const { stepKey, config } of steps) {
    parsedSteps.set(
      stepKey,
      await parse({ path: ['assets', stepKey], schema: config, given: own(assets, stepKey) }, problems),
    );
  }
  const parsedResources = new Map<ResourceDef, unknown>();
  for (const [name, resource] of project.resources) {
    if (!used.has(resource)) continue;
    const part = { path: ['resources', name], schema: resource.config, given: own(resources, name) };
    parsedResources.set(resource, await parse(part, problems));
  }
  if (problems.length > 0) throw invalid(problems);
  return { steps: parsedSteps, resources: parsedResources };
}

interface Part {
  readonly path: readonly string[];
  readonly schema: ConfigSchema;
  readonly given: unknown;
}

/** Where nothing is given, a schema that is content with nothing, or with an empty object, gives its defaults. */
async function parse({ path, schema, given }: Part, problems: string[]): Promise<unknown> {
  if (schema === undefined) {
    if (given !== undefined) problems.push(`${path.join('.')}: it takes no config`);
    return undefined;
  }
  const result = await schema.safeParseAsync(given);
  const final = result.success || given !== undefined ? result : await schema.safeParseAsync({});
  if (final.success) return final.data;
  for (const issue of final.error.issues) problems.push(describeIssue(path, issue));
  return undefined;
}

/** Names may be those of what every object has, `constructor` or `toString`. */
function own(given: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

function unknownNames(part: string, given: object, known: readonly string[]): readonly string[] {
  const names = new Set(known);
  return Object.keys(given)
    .filter((name) => !names.has(name))
    .map((name) => `${part}.${name}: there is no such name${didYouMean(name, known)}`);
}

function usedResources(steps: readonly StepDef[]): ReadonlySet<ResourceDef> {
  const used = new Set<ResourceDef>();
  const add = (resources: ResourceMap): void => {
    for (const each of Object.values(resources)) used.add(each);
  };
  for (const step of steps) add(step.resources);
  // A set that grows while it is walked is walked to its new end.
  for (const each of used) add(each.deps);
  return used;
}

function describeIssue(path: readonly string[], issue: z.core.$ZodIssue): string {
  const where = [...path, ...issue.path].map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

function invalid(problems: readonly string[]): PipesError<RuntimeErrorCode> {
  return new PipesError('PIPES_CONFIG_INVALID', ['The config of the run does not fit:', ...problems].join('\n  - '));
}
