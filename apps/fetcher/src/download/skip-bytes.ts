import { Transform, type Readable } from 'node:stream';

/** The stream without its first bytes; emits `progress` for those. It fails as the stream does, and is destroyed with it. */
export function skipBytes(stream: Readable, bytes: number): Readable {
  let left = bytes;
  const rest = new Transform({
    transform(piece: Buffer, _encoding, done) {
      const skipped = Math.min(left, piece.length);
      left -= skipped;
      if (skipped > 0) rest.emit('progress');
      if (skipped === piece.length) done();
      else done(null, piece.subarray(skipped));
    },
    destroy(error, done) {
      stream.destroy();
      done(error);
    },
  });
  stream.on('error', (error) => rest.destroy(error));
  stream.on('close', () => {
    if (!stream.readableEnded) rest.destroy();
  });
  return stream.pipe(rest);
}
