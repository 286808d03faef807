import { type Duplex, pipeline, Readable, type Writable } from 'node:stream';
import { SyncError } from '@tidetable/contracts';

/**
 * Sends content through a stream that unpacks it, and gives what comes out. Leaving early closes both.
 *
 * @throws the content's own error as it is, and SyncError `archive-broken` for any of the stream that unpacks
 */
export async function* pipeThrough<T>(
  content: AsyncIterable<Buffer>,
  unpacker: (Duplex | Writable) & AsyncIterable<T>,
): AsyncGenerator<T, void, void> {
  let failure: { error: unknown } | undefined;
  async function* watched(): AsyncGenerator<Buffer, void, void> {
    try {
      yield* content;
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  // Whatever ends the pipeline is thrown by the loop.
  pipeline(Readable.from(watched()), unpacker, () => undefined);
  try {
    yield* unpacker;
  } catch (error) {
    if (failure !== undefined) throw failure.error;
    throw new SyncError('archive-broken', undefined, { cause: error });
  }
}
