const matchBytesMin = 4;

/**
 * Unpacks a block of LZ4 into `out`, which it has to fill. No byte is read or written beyond either.
 *
 * @throws RangeError when the block is damaged, or stands for another number of bytes
 */
export function unpackLz4(packed: Buffer, out: Buffer): void {
  const end = packed.length;
  let at = 0;
  let written = 0;
  const takeLength = (start: number): number => {
    let length = start;
    if (start !== 15) return length;
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= end) throw new RangeError('a length has no end');
      byte = packed[at++]!;
    }
    return length;
  };
  while (at < end) {
    const token = packed[at++]!;
    const literals = takeLength(token >>> 4);
    if (literals > end - at || literals > out.length - written) throw new RangeError('bytes are missing');
    packed.copy(out, written, at, at + literals);
    at += literals;
    written += literals;
    // The last sequence has nothing but literals.
    if (at === end) break;
    if (end - at < 2) throw new RangeError('bytes are missing');
    const offset = packed[at]! | (packed[at + 1]! << 8);
    at += 2;
    const count = takeLength(token & 15) + matchBytesMin;
    if (offset === 0 || offset > written || count > out.length - written) {
      throw new RangeError('a copy lies outside');
    }
    for (let from = written - offset, last = written + count; written < last;) out[written++] = out[from++]!;
  }
  if (written !== out.length) throw new RangeError('bytes are missing');
}

const blockHeaderBytes = 8;

/**
 * The same for blocks as Hadoop writes them, each with its two lengths before it; older programs call them LZ4 as well.
 *
 * @throws RangeError
 */
export function unpackHadoopLz4(packed: Buffer, out: Buffer): void {
  let at = 0;
  let written = 0;
  while (at < packed.length) {
    if (packed.length - at < blockHeaderBytes) throw new RangeError('bytes are missing');
    const bytes = packed.readUInt32BE(at);
    const packedBytes = packed.readUInt32BE(at + 4);
    at += blockHeaderBytes;
    if (packedBytes > packed.length - at || bytes > out.length - written)
      throw new RangeError('bytes are missing');
    unpackLz4(packed.subarray(at, at + packedBytes), out.subarray(written, written + bytes));
    at += packedBytes;
    written += bytes;
  }
  if (written !== out.length) throw new RangeError('bytes are missing');
}
