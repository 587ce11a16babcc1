/** An error as it travels in `closed`: all five keys are always there (pipes-protocol.md §3.2). */
export interface PipesException {
  /** The text of the error, without its name. */
  readonly message: string;
  /** The frames as JavaScript prints them, innermost first, each with its newline: Python joins them as they are. */
  readonly stack: readonly string[];
  readonly name: string | null;
  /** The error it was raised from: `error.cause`. */
  readonly cause: PipesException | null;
  /** Python's "during handling of": JavaScript has none. */
  readonly context: PipesException | null;
}

const MAX_CHAIN = 20;

/** Anything that was thrown, with its chain of causes, as it travels. Never throws; a cycle of causes ends the chain. */
export function toPipesException(thrown: unknown): PipesException {
  return convert(thrown, new Set(), 0);
}

function convert(thrown: unknown, seen: Set<unknown>, depth: number): PipesException {
  if (!isErrorLike(thrown)) {
    return { message: describe(thrown), stack: [], name: typeof thrown, cause: null, context: null };
  }
  seen.add(thrown);
  const cause = causeOf(thrown);
  const hasCause = cause !== undefined && cause !== null && !seen.has(cause) && depth < MAX_CHAIN;
  return {
    message: messageOf(thrown),
    stack: framesOf(thrown),
    name: read(thrown, 'name') ?? 'Error',
    cause: hasCause ? convert(cause, seen, depth + 1) : null,
    context: null,
  };
}

interface ErrorLike {
  readonly message?: unknown;
}

function isErrorLike(thrown: unknown): thrown is ErrorLike {
  if (typeof thrown !== 'object' || thrown === null) return false;
  return attempt(() => thrown instanceof Error) === true || read(thrown, 'message') !== undefined;
}

function messageOf(error: ErrorLike): string {
  const message = read(error, 'message') ?? '';
  return [message, ...innerErrors(error).map((each) => `- ${describe(each)}`)].join('\n');
}

/** The errors of an `AggregateError`, or the one that a `SuppressedError` was raised by. */
function innerErrors(error: ErrorLike): readonly unknown[] {
  const inner = attempt(() => {
    const { errors, suppressed, error: raised } = error as Readonly<Record<string, unknown>>;
    if (suppressed !== undefined) return [raised];
    return Array.isArray(errors) ? [...(errors as unknown[])] : [];
  });
  return inner ?? [];
}

/** `cause`, or for an error thrown while disposing (`SuppressedError`) the one it displaced. */
function causeOf(error: ErrorLike): unknown {
  return (
    attempt(() => (error as { cause?: unknown }).cause) ?? attempt(() => (error as { suppressed?: unknown }).suppressed)
  );
}

function framesOf(error: ErrorLike): readonly string[] {
  const stack = read(error, 'stack') ?? '';
  // The text comes first, and may hold what looks like frames: what a child printed on stderr, for one.
  const text = read(error, 'message') ?? '';
  const afterText = stack.includes(text) ? stack.slice(stack.indexOf(text) + text.length) : stack;
  const firstFrame = afterText.search(/^\s+at /m);
  return firstFrame === -1
    ? []
    : afterText
        .slice(firstFrame)
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => `${line}\n`);
}

/** A property that is a string, even where its getter throws. */
function read(object: object, key: string): string | undefined {
  const value = attempt(() => (object as Record<string, unknown>)[key]);
  return typeof value === 'string' ? value : undefined;
}

function describe(thrown: unknown): string {
  return (
    attempt(() => (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown))) ??
    'a value that cannot be shown'
  );
}

function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    // A hostile getter or toString on the thrown value must not hide that something was thrown.
    return undefined;
  }
}
