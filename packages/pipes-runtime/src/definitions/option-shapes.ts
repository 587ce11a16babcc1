import { listOf, mapOf, one, type Rule, type Shape, shaped } from './option-rules.ts';

const text = one('a string', (value) => typeof value === 'string');
const flag = one('true or false', (value) => typeof value === 'boolean');
const body = one('a function', (value) => typeof value === 'function');
const schema = one('a Zod schema', (value) => hasMethod(value, 'safeParseAsync'));
const partitions = one('staticPartitions(…) or timePartitions(…)', (value) => hasMethod(value, 'keyAt'));

const anAsset = one('an asset(…)', (value) => isOfKind(value, 'asset'));
const aResource = one('a resource(…)', (value) => isOfKind(value, 'resource'));
const aKey = one('a string, or an array of strings', isKey);
const aDep = one('an asset(…), a multiAsset(…), or a key', (value) => isKey(value) || isMaker(value));

const checks = listOf(shaped({ required: { name: text }, optional: { description: text } }));
const words = { group: text, description: text, codeVersion: text };
const forSteps = { config: schema, resources: mapOf(aResource), partitions, tags: mapOf(text) };

/** What each factory takes, and `define`. */
export const SHAPES = {
  asset: {
    required: { run: body },
    optional: { inputs: mapOf(anAsset), deps: listOf(aDep), checks, ...forSteps, ...words },
  },
  multiAsset: {
    required: {
      specs: listOf(
        shaped({ required: { key: aKey }, optional: { deps: listOf(aDep), optional: flag, checks, ...words } }),
      ),
      run: body,
    },
    optional: forSteps,
  },
  assetCheck: {
    required: { name: text, run: body },
    optional: { description: text, resources: mapOf(aResource), deps: listOf(aDep), load: flag },
  },
  resource: {
    required: { create: body },
    optional: { config: schema, deps: mapOf(aResource) },
  },
  define: {
    required: { assets: listOf(one('an asset(…) or a multiAsset(…)', isMaker)) },
    optional: {
      checks: listOf(one('an assetCheck(…)', (value) => isOfKind(value, 'check'))),
      resources: mapOf(aResource),
      name: text,
    },
  },
} satisfies Record<string, Shape>;

/** What an asset, a multi-asset or a check is called by. */
export const KEY: Rule = aKey;
export const NAME: Rule = text;
/** What a check can look at. */
export const TARGET: Rule = one('an asset(…), or a key', (value) => isKey(value) || isOfKind(value, 'asset'));

function isMaker(value: unknown): boolean {
  return isOfKind(value, 'asset') || isOfKind(value, 'multi-asset');
}

function isOfKind(value: unknown, kind: string): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((part) => typeof part === 'string'));
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === 'function';
}
