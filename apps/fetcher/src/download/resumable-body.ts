import { Readable } from 'node:stream';
import { SyncError } from '@tidetable/contracts';

/**
 * Opens the same body from this byte on; the signal gives up waiting for it. Where the server begins anew, the body emits
 * `progress` while what we have goes by.
 *
 * @throws SourceChangedError when it has become another one; a SyncError when asking failed, which is tried again.
 */
export type Reopen = (offsetBytes: number, signal: AbortSignal) => Promise<Readable>;

/** The source was replaced by another version while it was being read: what has arrived is of no use. */
export class SourceChangedError extends Error {
  override readonly name = 'SourceChangedError';
}

export interface BodyLimits {
  /** How long the source may stay silent while we want more, in milliseconds. */
  idleTimeoutMs: number;
  /** Rest before the first new attempt, in milliseconds; doubles with each that brings nothing. @default 200 */
  resumeDelayMs?: number;
}

/** So many attempts in a row may bring (next to) nothing before the body is given up. */
const fruitlessAttemptsMax = 5;
/** Less than this does not count as progress: one byte for each connection would go on for ever. */
const progressBytesMin = 4 * 1024;

/**
 * The bytes of a body as they come over the wire. When the connection breaks or stalls the rest is fetched over a new
 * one, as long as that makes progress; without a `reopen`, or when it is of no use, it fails with a SyncError:
 * `source-truncated` or `source-timeout`. `totalBytes` is the announced length, if any: a body that ends before it is
 * broken, too.
 *
 * A reader that pauses is not mistaken for a source that stalls. Destroying the stream closes the connection at once.
 */
export function resumableBody(
  first: Readable,
  totalBytes: number | null,
  reopen: Reopen | null,
  { idleTimeoutMs, resumeDelayMs = 200 }: BodyLimits,
): Readable {
  let source = first;
  let receivedBytes = 0;
  let bytesBefore = 0;
  let fruitlessAttempts = 0;
  let isWanted = false;
  let resting: NodeJS.Timeout | undefined;
  const stopped = new AbortController();

  const output = new Readable({
    highWaterMark: 256 * 1024,
    read() {
      isWanted = true;
      idle.refresh();
      source.resume();
    },
    destroy(error, done) {
      clearTimeout(idle);
      clearTimeout(resting);
      stopped.abort(new Error('nobody reads this body any more'));
      source.destroy();
      done(error);
    },
  });
  // Who reads hears of a failure; before anybody does, it must not bring the process down.
  output.on('error', () => undefined);
  const idle = setTimeout(() => {
    if (isWanted && !source.destroyed) source.destroy(stalled(idleTimeoutMs));
    else idle.refresh();
  }, idleTimeoutMs);

  const onBroken = (cause: Error): void => {
    if (output.destroyed) return;
    fruitlessAttempts = receivedBytes - bytesBefore >= progressBytesMin ? 0 : fruitlessAttempts + 1;
    bytesBefore = receivedBytes;
    if (reopen === null || fruitlessAttempts > fruitlessAttemptsMax) {
      output.destroy(cause);
      return;
    }
    const delayMs = fruitlessAttempts === 0 ? 0 : resumeDelayMs * 2 ** (fruitlessAttempts - 1);
    resting = setTimeout(() => void goOn(reopen), delayMs * (0.5 + Math.random()));
  };
  const goOn = async (reopenNow: Reopen): Promise<void> => {
    try {
      const rest = await reopenNow(receivedBytes, stopped.signal);
      if (output.destroyed) rest.destroy();
      else attach(rest);
    } catch (error) {
      if (error instanceof SyncError) onBroken(error);
      else output.destroy(error as Error);
    }
  };
  const attach = (body: Readable): void => {
    source = body;
    let isOver = false;
    const broken = (cause?: Error): void => {
      if (isOver) return;
      isOver = true;
      const told = cause instanceof SyncError || cause instanceof SourceChangedError;
      onBroken(told ? cause : truncated(receivedBytes, cause));
    };
    body.on('data', (piece: Buffer) => {
      receivedBytes += piece.length;
      idle.refresh();
      if (output.push(piece)) return;
      isWanted = false;
      body.pause();
    });
    body.on('progress', () => idle.refresh());
    body.on('error', broken);
    body.on('close', () => {
      if (!body.readableEnded) broken();
    });
    body.on('end', () => {
      if (isOver) return;
      if (totalBytes !== null && receivedBytes < totalBytes) return broken();
      isOver = true;
      output.push(null);
    });
    if (!isWanted) body.pause();
    // What happened before anybody listened is not told again.
    if (body.destroyed) broken(body.errored ?? undefined);
  };
  attach(first);
  return output;
}

function truncated(receivedBytes: number, cause?: Error): SyncError {
  return new SyncError('source-truncated', `after ${receivedBytes} bytes`, { cause });
}

function stalled(idleTimeoutMs: number): SyncError {
  return new SyncError('source-timeout', `no data for ${idleTimeoutMs / 1_000} s`);
}
