/** Why a file could not be written, and what to do about it. */
export function describeFileError(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist; create it first',
  ENOTDIR: 'a part of its directory is a file',
  EISDIR: 'a directory is at this path',
  EACCES: 'this process may not write there',
  EPERM: 'this process may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};
