import { PipesError } from 'pipes-external/protocol';
import type { RuntimeErrorCode } from 'pipes-runtime';

/**
 * An error by which `execute` refused what was asked of a module, with the file and what to do. Others stay as they are.
 * It has no stack: the command line is at fault, and no code.
 */
export function explainRequestError(error: unknown, file: string): unknown {
  if (!PipesError.is(error)) return error;
  const remedy = remedyFor(error.code as RuntimeErrorCode, file);
  if (remedy === undefined) return error;
  const message = error.message.replace(` [${error.code}]`, '');
  const explained = new PipesError(error.code, `${file}: ${message}\n${remedy}`);
  explained.stack = '';
  return explained;
}

function remedyFor(code: RuntimeErrorCode, file: string): string | undefined {
  switch (code) {
    case 'PIPES_SELECTION_INVALID':
      return `\`pipes ls ${file}\` shows what there is to select.`;
    case 'PIPES_PARTITION_INVALID':
      return `The partition is given with --partition; \`pipes ls ${file}\` shows what is partitioned.`;
    case 'PIPES_CONFIG_INVALID':
      return `Config is given with --config; \`pipes ls ${file}\` shows the names of the assets.`;
    default:
      return undefined;
  }
}
