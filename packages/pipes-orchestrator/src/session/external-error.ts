import type { PipesException } from 'pipes-external/protocol';

/**
 * What an external process failed with, as an Error with its chain of causes. Its stack is that of the external process:
 * Python's has its innermost frame last.
 */
export function toError(exception: PipesException): Error {
  const cause = exception.cause ?? exception.context;
  const error = new Error(messageOf(exception), cause === null ? undefined : { cause: toError(cause) });
  if (exception.name !== null) error.name = exception.name;
  error.stack = [`${error.name}: ${error.message}`, ...exception.stack.map((frame) => frame.trimEnd())].join('\n');
  return error;
}

/** The error with its stack and its causes, for people. */
export function describeError(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own}\nCaused by: ${describeError(error.cause)}` : own;
}

/** Python begins the message with the name, and ends it with a newline. */
function messageOf({ name, message }: PipesException): string {
  const text = message.trimEnd();
  return name !== null && text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text;
}
