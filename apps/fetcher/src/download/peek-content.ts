import { Readable } from 'node:stream';

/** Content of which the beginning was looked at and is still there. */
export interface PeekedContent {
  /** At least as many bytes as were asked for, or all there are. */
  readonly head: Buffer;
  /** The whole content, head included. */
  readonly content: Readable;
}

/**
 * Waits for the first bytes of a stream that nobody reads yet, without taking them away.
 * Rejects with the stream's error when it fails before.
 */
export async function peekContent(content: Readable, bytesMin: number): Promise<PeekedContent> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const settle = (result: () => void): void => {
      content.off('readable', onReadable).off('end', onEnd).off('error', onError).off('close', onError);
      result();
    };
    const onReadable = (): void => {
      for (
        let piece = content.read() as Buffer | null;
        piece !== null;
        piece = content.read() as Buffer | null
      ) {
        pieces.push(piece);
        bytes += piece.length;
        if (bytes >= bytesMin) break;
      }
      if (bytes < bytesMin) return;
      const head = Buffer.concat(pieces);
      content.unshift(head);
      settle(() => resolve({ head, content }));
    };
    // It is over already: what there was is all there is.
    const onEnd = (): void => {
      const head = Buffer.concat(pieces);
      settle(() => resolve({ head, content: Readable.from(head.length === 0 ? [] : [head]) }));
    };
    const onError = (error?: Error): void => {
      settle(() =>
        reject(error ?? content.errored ?? new Error('the content was closed before its beginning')),
      );
    };
    content.on('end', onEnd).on('error', onError).on('close', onError).on('readable', onReadable);
    if (content.destroyed) onError(content.errored ?? undefined);
  });
}
