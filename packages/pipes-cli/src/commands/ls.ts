import { describe } from 'pipes-runtime';
import { loadDefinitions } from '../definitions/load-definitions.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderAssets } from '../render/assets.ts';
import { toJsonLine } from '../render/json-line.ts';
import { coloursFor } from '../terminal/colours.ts';
import { divertOutput } from '../terminal/divert-output.ts';
import { EarlyExit } from '../terminal/early-exit.ts';

/**
 * `pipes ls`: shows the assets of a module.
 *
 * @throws PipesError for what is wrong with the module
 */
export async function ls(file: string, options: { readonly json?: boolean }): Promise<ExitCode> {
  // What the module prints while it is loaded is not part of the answer.
  using _earlyExit = new EarlyExit(options.json === true, () => undefined);
  using stdout = divertOutput(process.stdout, (text) => void process.stderr.write(text));
  const assets = describe(await loadDefinitions(file));
  const text =
    options.json === true
      ? assets.map((asset) => `${toJsonLine(asset)}\n`).join('')
      : `${renderAssets(assets, { width: process.stdout.columns ?? 100, colours: coloursFor(process.stdout) })}\n`;
  stdout.direct(text);
  return EXIT.success;
}
