import type { ExternalErrorCode } from '../errors.ts';
import { type JsonValue, PipesError, type PipesParams, type PipesStream } from '../protocol/index.ts';
import { PipesBufferedStreamMessageWriterChannel } from './buffered-stream.ts';
import { PipesFileMessageWriterChannel } from './file.ts';
import { PipesMessageWriter, type PipesMessageWriterChannel } from './message-writer.ts';
import { PipesStreamMessageWriterChannel } from './stream.ts';

/** Writes to the file of `path`, or to the stream of `stdio` or `buffered_stdio`, whichever the params hold first. */
export class PipesDefaultMessageWriter extends PipesMessageWriter {
  override open(params: PipesParams): PipesMessageWriterChannel {
    const { path, stdio, buffered_stdio: buffered } = params as Readonly<Record<string, JsonValue | undefined>>;
    if (path !== undefined) return new PipesFileMessageWriterChannel(toPath(path));
    if (stdio !== undefined) return new PipesStreamMessageWriterChannel(toStream('stdio', stdio));
    if (buffered !== undefined)
      return new PipesBufferedStreamMessageWriterChannel(toStream('buffered_stdio', buffered));
    throw invalid(
      `they hold none of "path", "stdio" and "buffered_stdio" but ${JSON.stringify(Object.keys(params))}: pass the messageWriter that belongs to the orchestrator's reader`,
    );
  }
}

function toPath(value: JsonValue): string {
  if (typeof value === 'string') return value;
  throw invalid('"path" is not a string');
}

function toStream(key: string, value: JsonValue): PipesStream {
  if (value === 'stdout' || value === 'stderr') return value;
  throw invalid(`"${key}" is neither "stdout" nor "stderr"`);
}

function invalid(problem: string): PipesError<ExternalErrorCode> {
  return new PipesError('PIPES_PARAMS_INVALID', `Cannot write Pipes messages as their params say: ${problem}.`);
}
