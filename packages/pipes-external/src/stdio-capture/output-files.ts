import { closeSync, type FSWatcher, openSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PIPES_STREAMS, type PipesStream } from '../protocol/index.ts';

/** What a file could not take, and why. */
export type OnOverflow = (bytes: Uint8Array, reason: Error) => void;

/** The file that one stream of this process is printed to. */
export interface OutputFile {
  readonly path: string;
  readonly readFd: number;
  readonly appendFd: number;
  /** Undefined where the system has no watch left to give. */
  readonly watcher: FSWatcher | undefined;
  readonly onOverflow: Set<OnOverflow>;
}

/** All that is needed of them is open: they can do without their names. */
export interface OutputFiles extends Readonly<Record<PipesStream, OutputFile>> {
  readonly folder: string;
  /** Says how far the echo is. */
  readonly echoedFd: number;
}

/** @throws where the disk is full, or too many files are open; none is left open then */
export function makeOutputFiles(folder: string): OutputFiles {
  const fds: number[] = [];
  const open = (path: string, flags: string): number => {
    fds.push(openSync(path, flags, 0o600));
    return fds.at(-1) as number;
  };
  const openOne = (name: PipesStream) => {
    const path = join(folder, name);
    return { path, appendFd: open(path, 'a'), readFd: open(path, 'r'), onOverflow: new Set<OnOverflow>() };
  };
  try {
    // In its full size: to write it again needs no room on the disk.
    writeFileSync(join(folder, 'echoed'), new Float64Array(2 * PIPES_STREAMS.length), { mode: 0o600 });
    const echoedFd = open(join(folder, 'echoed'), 'r');
    const [stdout, stderr] = [openOne('stdout'), openOne('stderr')];
    return {
      folder,
      echoedFd,
      stdout: { ...stdout, watcher: tryToWatch(stdout.path) },
      stderr: { ...stderr, watcher: tryToWatch(stderr.path) },
    };
  } catch (error) {
    for (const fd of fds) closeSync(fd);
    throw error;
  }
}

export function closeOutputFiles(files: OutputFiles): void {
  closeSync(files.echoedFd);
  for (const name of PIPES_STREAMS) {
    const { appendFd, readFd, watcher } = files[name];
    closeSync(appendFd);
    closeSync(readFd);
    watcher?.close();
  }
}

/** Without notifications (a limit of the system, an exotic file system) the timer finds what is printed. */
function tryToWatch(file: string): FSWatcher | undefined {
  try {
    return watch(file, { persistent: false }).on('error', () => {});
  } catch {
    return undefined;
  }
}
