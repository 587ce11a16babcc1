import type { PipesException } from 'pipes-external/protocol';
import { fileURLToPath } from 'node:url';
import { relative } from 'node:path';
import type { Colours } from '../terminal/colours.ts';
import { indent, more, printable } from './text.ts';

const FRAMES = 6;
const MESSAGE_LINES = 40;
const FRAMEWORK =
  /\bnode:|[/\\]pipes-(?:external|orchestrator|runtime|cli|blobstore)[/\\](?:src|dist)[/\\]|\((?:<anonymous>|index \d+)\)\s*$/;
const DEPENDENCY = /[/\\]node_modules[/\\]/;
const LOCATION = /file:\/\/[^\s)]+?(?=:\d+)/;

/**
 * An error with its causes, for people: name and message, the frames of the user's own code, then what caused it. Frames
 * of Node and of this framework, and those that say no place, are left out, unless there are no others.
 *
 * @param options.cwd paths below it are shown relative to it
 */
export function renderException(
  exception: PipesException,
  options: { readonly colours: Colours; readonly cwd: string },
): string[] {
  const { colours } = options;
  const [first = '', ...rest] = printable(exception.message).trimEnd().split('\n');
  const name = exception.name === null ? '' : `${printable(exception.name)}: `;
  return [
    colours.red(`${name}${first}`),
    ...rest.slice(0, MESSAGE_LINES),
    ...(rest.length > MESSAGE_LINES ? [more(rest.length - MESSAGE_LINES, 'line')] : []),
    ...indent(renderFrames(exception, options), 2),
    ...renderChained('caused by', exception.cause, options),
    ...renderChained('while handling', exception.context, options),
  ];
}

function renderChained(
  how: string,
  exception: PipesException | null,
  options: { readonly colours: Colours; readonly cwd: string },
): string[] {
  if (exception === null) return [];
  const [first = '', ...rest] = renderException(exception, options);
  return [`${options.colours.dim(how)} ${first}`, ...rest];
}

function renderFrames(
  exception: PipesException,
  options: { readonly colours: Colours; readonly cwd: string },
): string[] {
  const frames = exception.stack.flatMap((frame) => printable(frame).split('\n')).filter((line) => line.trim() !== '');
  const beyondUs = frames.filter((frame) => !FRAMEWORK.test(frame));
  const own = beyondUs.filter((frame) => !DEPENDENCY.test(frame));
  // Our own errors say what to do; where in our code they arise helps nobody.
  const [chosen = []] = [own, ...(exception.name === 'PipesError' ? [] : [beyondUs, frames.slice(0, 2)])].filter(
    (each) => each.length > 0,
  );
  const lines = chosen.slice(0, FRAMES).map((frame) => options.colours.dim(shorten(frame.trimEnd(), options.cwd)));
  const hidden = chosen.length - lines.length;
  return hidden > 0 ? [...lines, options.colours.dim(more(hidden, 'frame'))] : lines;
}

/** `    at f (file:///home/me/project/a.ts:1:2)` → `at f (a.ts:1:2)`. Frames of other languages keep their form. */
function shorten(frame: string, cwd: string): string {
  const text = frame.replace(/^\s+at /, 'at ').replace(LOCATION, (url) => fileURLToPath(url));
  const start = text.indexOf(cwd);
  if (start === -1) return text;
  const path = text.slice(start).match(/^[^\s:)"]+/)?.[0] ?? cwd;
  return text.replace(path, relative(cwd, path) || '.');
}
