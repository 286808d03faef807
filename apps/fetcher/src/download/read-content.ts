import { Readable, type Transform } from 'node:stream';
import { SyncError } from '@tidetable/contracts';
import type { BodyDigest } from './body-digest.js';

export interface ContentLimits {
  /** Of the file, decoded. */
  fileBytesMax: number;
}

/** A coded body may always yield so much; what tables compress to is no bomb. In bytes. */
const decodedBytesFree = 64 * 1024 * 1024;
/** Beyond that it may yield so many times what came over the wire. */
const decodedRatioMax = 500;

/**
 * The content of a body as one stream that either ends with the whole file or fails with a SyncError:
 * `source-truncated` when a compressed stream breaks, `source-digest-mismatch` when the bytes are not those that the
 * source announced, `file-too-large` at the first byte over the limit; or with the body's own error. When the signal
 * aborts it fails with the signal's reason.
 *
 * At most one piece is held at a time: the source is read no faster than the reader reads.
 */
export function readContent(
  body: Readable,
  decoders: readonly Transform[],
  digest: BodyDigest | null,
  { fileBytesMax }: ContentLimits,
  signal: AbortSignal,
): Readable {
  const tail = decoders.reduce<Readable>((from, to) => from.pipe(to), body);
  let receivedBytes = 0;
  let contentBytes = 0;

  const content = new Readable({
    read() {
      tail.resume();
    },
    destroy(error, done) {
      signal.removeEventListener('abort', onAbort);
      for (const stream of [body, ...decoders]) stream.destroy();
      done(error);
    },
  });
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
  body.on('error', (error) => content.destroy(signal.aborted ? (signal.reason as Error) : error));
  for (const decoder of decoders) decoder.on('error', onBroken);
  tail.pause();
  // The bytes on the wire are bounded too: compressed data can go on for ever without yielding anything.
  body.on('data', (piece: Buffer) => {
    receivedBytes += piece.length;
    digest?.update(piece);
    refuseOver(receivedBytes);
  });
  tail.on('data', (piece: Buffer) => {
    contentBytes += piece.length;
    refuseOver(contentBytes);
    if (contentBytes > decodedBytesFree && contentBytes > receivedBytes * decodedRatioMax) {
      content.destroy(new SyncError('file-too-large', `decoded to ${decodedRatioMax} times its size`));
    }
    if (content.destroyed || content.push(piece)) return;
    tail.pause();
  });
  tail.on('end', () => {
    if (digest === null || digest.isRight()) content.push(null);
    else content.destroy(new SyncError('source-digest-mismatch', digest.algorithm));
  });
  // What happened before anybody listened is not told again.
  if (signal.aborted || body.destroyed) onBroken();
  return content;
}

/** The failure of a file over the limit. */
export function fileTooLarge(fileBytesMax: number): SyncError {
  return new SyncError('file-too-large', `more than ${fileBytesMax} bytes`);
}
