import { createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';

/** Content on its way into a store. */
export interface MeasuredContent {
  chunks: AsyncGenerator<Buffer, void, void>;
  /** What has passed so far; the whole once `chunks` has ended. */
  readonly measure: () => { bytes: number; sha256: string };
  /** The error to throw instead of the store's own when the content is what failed. */
  readonly failure: () => { error: unknown } | undefined;
}

/** Counts and hashes content as it passes, and remembers whether it was the content that failed. */
export function measureContent(content: Readable, signal?: AbortSignal): MeasuredContent {
  const hash = createHash('sha256');
  let bytes = 0;
  let failure: { error: unknown } | undefined;
  // The content may fail before anybody reads it; the reading below then throws that error.
  content.on('error', () => undefined);

  async function* pass(): AsyncGenerator<Buffer, void, void> {
    try {
      signal?.throwIfAborted();
      if (signal !== undefined) addAbortSignal(signal, content);
      for await (const chunk of content as AsyncIterable<Buffer | string>) {
        const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        hash.update(buffer);
        bytes += buffer.length;
        yield buffer;
      }
    } catch (error) {
      failure = { error: signal?.aborted ? signal.reason : error };
      throw failure.error;
    } finally {
      content.destroy();
    }
  }

  return {
    chunks: pass(),
    measure: () => ({ bytes, sha256: hash.copy().digest('hex') }),
    failure: () => failure,
  };
}
