import type { ProtocolErrorCode } from './errors.ts';
import { PipesError } from './pipes-error.ts';

/** An asset key in parts, `['raw', 'orders']`. */
export type AssetKeyPath = readonly string[];

/**
 * A key in parts as the one string that travels: parts joined with `/`, a `/` inside a part written `\/`
 * (pipes-protocol.md §2).
 *
 * @throws PipesError PIPES_ASSET_KEY_INVALID for no parts, an empty part, or a part with a backslash: Python's escaping
 * does not survive one.
 */
export function toAssetKeyString(path: AssetKeyPath): string {
  if (path.length === 0) throw invalid(path, 'it has no parts');
  for (const part of path) {
    if (part === '') throw invalid(path, 'a part is empty');
    if (part.includes('\\'))
      throw invalid(path, 'a part holds a backslash, which does not survive the escaping of Dagster');
  }
  return path.map((part) => part.replaceAll('/', '\\/')).join('/');
}

/** The reverse: `/` splits, a backslash makes the next character literal, a trailing empty part is dropped. */
export function toAssetKeyPath(key: string): AssetKeyPath {
  const parts: string[] = [];
  let part = '';
  for (let index = 0; index < key.length; index += 1) {
    const character = key.charAt(index);
    if (character === '\\' && index + 1 < key.length) {
      index += 1;
      part += key.charAt(index);
    } else if (character === '/') {
      parts.push(part);
      part = '';
    } else {
      part += character;
    }
  }
  return part === '' ? parts : [...parts, part];
}

function invalid(path: AssetKeyPath, problem: string): PipesError<ProtocolErrorCode> {
  return new PipesError('PIPES_ASSET_KEY_INVALID', `Not an asset key: ${JSON.stringify(path)}: ${problem}.`);
}
