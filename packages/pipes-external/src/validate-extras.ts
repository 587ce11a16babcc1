import type { ExternalErrorCode } from './errors.ts';
import { type JsonObject, PipesError } from './protocol/index.ts';
import type { StandardIssue, StandardSchema } from './standard-schema.ts';

/** @throws PipesError PIPES_EXTRAS_INVALID naming every field that is wrong; also for a schema that judges asynchronously */
export function validateExtras<Output>(schema: StandardSchema<Output>, extras: JsonObject): Output {
  const result = schema['~standard'].validate(extras);
  if (result instanceof Promise) throw invalid('the schema is asynchronous; validate `extras` with it yourself');
  if (result.issues !== undefined) throw invalid(result.issues.map(describe).join('; '));
  return result.value;
}

function describe({ path, message }: StandardIssue): string {
  if (path === undefined || path.length === 0) return message;
  return `${path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')}: ${message}`;
}

function invalid(problem: string): PipesError<ExternalErrorCode> {
  return new PipesError(
    'PIPES_EXTRAS_INVALID',
    `The extras that the launching side passed do not fit the schema: ${problem}.`,
  );
}
