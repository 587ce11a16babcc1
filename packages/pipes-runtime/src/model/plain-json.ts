/**
 * Where a value is not JSON, as `a.b.0: a Date is not JSON`, or undefined where it is. Properties that are undefined are as
 * good as absent.
 */
export function jsonProblem(value: unknown): string | undefined {
  return problemAt(value, [], new Set());
}

function problemAt(value: unknown, path: readonly string[], above: Set<object>): string | undefined {
  const name = nameOfForeign(value);
  if (name !== undefined) return `${path.join('.') || 'it'}: ${name} is not JSON`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (above.has(value)) return `${path.join('.')}: it holds itself`;
  above.add(value);
  for (const [key, each] of Object.entries(value)) {
    const problem = each === undefined && !Array.isArray(value) ? undefined : problemAt(each, [...path, key], above);
    if (problem !== undefined) return problem;
  }
  above.delete(value);
  return undefined;
}

/** What JSON has no word for. */
function nameOfForeign(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    case 'object':
      return value === null || Array.isArray(value) || isPlain(value) ? undefined : `a ${nameOfClass(value)}`;
    case 'undefined':
      return 'undefined';
    default:
      return `a ${typeof value}`;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function nameOfClass(value: object): string {
  const { constructor } = value;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'class instance';
}
