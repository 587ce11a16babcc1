import picocolors from 'picocolors';

export type Colours = ReturnType<typeof picocolors.createColors>;
type Stream = { readonly isTTY?: boolean };

export const plain: Colours = picocolors.createColors(false);

/** Whether a person watches the stream in a terminal that can redraw, so that a live view makes sense. */
export function isInteractive(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  const isCi = env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false' && env['CI'] !== '0';
  return stream.isTTY === true && !isCi && env['TERM'] !== 'dumb';
}

/** Colours for a stream: `FORCE_COLOR` decides when it is set, then `NO_COLOR`, then whether it {@link isInteractive}. */
export function coloursFor(stream: Stream, env: NodeJS.ProcessEnv = process.env): Colours {
  return picocolors.createColors(wantsColour(stream, env));
}

function wantsColour(stream: Stream, env: NodeJS.ProcessEnv): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return !env['NO_COLOR'] && isInteractive(stream, env);
}
