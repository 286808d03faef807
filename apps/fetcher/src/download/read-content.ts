import { Readable, type Transform } from 'node:stream';
import { SyncError } from '@tidetable/contracts';

export interface ContentLimits {
  /** Of the file, decoded. */
  fileBytesMax: number;
  /** How long the source may stay silent while we want more, in milliseconds. */
  idleTimeoutMs: number;
}

/**
 * The content of an answer as one stream that either ends with the whole file or fails with a SyncError:
 * `source-truncated` when the connection or a compressed stream breaks, `source-timeout` when it stalls,
 * `file-too-large` at the first byte over the limit. When the signal aborts it fails with the signal's reason.
 *
 * At most one piece is held at a time: the source is read no faster than the reader reads. A reader that pauses
 * is not mistaken for a source that stalls.
 */
export function readContent(
  body: Readable,
  decoders: readonly Transform[],
  { fileBytesMax, idleTimeoutMs }: ContentLimits,
  signal: AbortSignal,
): Readable {
  const tail = decoders.reduce<Readable>((from, to) => from.pipe(to), body);
  let receivedBytes = 0;
  let contentBytes = 0;
  let isWanted = false;

  const content = new Readable({
    read() {
      isWanted = true;
      idle.refresh();
      tail.resume();
    },
    destroy(error, done) {
      clearTimeout(idle);
      signal.removeEventListener('abort', onAbort);
      for (const stream of [body, ...decoders]) stream.destroy();
      done(error);
    },
  });
  const idle = setTimeout(() => {
    if (isWanted) content.destroy(new SyncError('source-timeout', `no data for ${idleTimeoutMs / 1_000} s`));
    else idle.refresh();
  }, idleTimeoutMs);
  const onAbort = (): void => void content.destroy(signal.reason as Error);
  const onBroken = (cause?: Error): void => {
    if (signal.aborted) onAbort();
    else content.destroy(new SyncError('source-truncated', `after ${receivedBytes} bytes`, { cause }));
  };
  const refuseOver = (bytes: number): void => {
    if (bytes > fileBytesMax) content.destroy(fileTooLarge(fileBytesMax));
  };

  // Who reads the content hears of its failure; before anybody does, a failure must not bring the process down.
  content.on('error', () => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  for (const stream of [body, ...decoders]) stream.on('error', onBroken);
  body.on('close', () => {
    if (!body.readableEnded) onBroken();
  });
  tail.pause();
  // The bytes on the wire are bounded too: compressed data can go on for ever without yielding anything.
  body.on('data', (piece: Buffer) => {
    receivedBytes += piece.length;
    idle.refresh();
    refuseOver(receivedBytes);
  });
  tail.on('data', (piece: Buffer) => {
    contentBytes += piece.length;
    refuseOver(contentBytes);
    if (content.destroyed || content.push(piece)) return;
    isWanted = false;
    tail.pause();
  });
  tail.on('end', () => content.push(null));
  // What happened before anybody listened is not told again.
  if (signal.aborted || body.destroyed) onBroken();
  return content;
}

/** The failure of a file over the limit. */
export function fileTooLarge(fileBytesMax: number): SyncError {
  return new SyncError('file-too-large', `more than ${fileBytesMax} bytes`);
}
