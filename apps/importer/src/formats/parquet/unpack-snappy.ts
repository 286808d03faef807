/**
 * Unpacks a block of Snappy into `out`, which it has to fill. No byte is read or written beyond either.
 *
 * @throws RangeError when the block is damaged, or stands for another number of bytes
 */
export function unpackSnappy(packed: Buffer, out: Buffer): void {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = packed[at++];
    if (byte === undefined || shift > 28) throw new RangeError('a length has no end');
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length !== out.length) throw new RangeError('it stands for another number of bytes');
  let written = 0;
  while (at < packed.length) {
    const tag = packed[at++]!;
    const kind = tag & 3;
    let count = (tag >>> 2) + 1;
    if (kind === 0) {
      if (count > 60) {
        const bytes = count - 60;
        if (at + bytes > packed.length) throw new RangeError('bytes are missing');
        count = packed.readUIntLE(at, bytes) + 1;
        at += bytes;
      }
      if (at + count > packed.length || written + count > length) throw new RangeError('bytes are missing');
      if (count < 16) for (let end = at + count; at < end;) out[written++] = packed[at++]!;
      else {
        packed.copy(out, written, at, at + count);
        at += count;
        written += count;
      }
      continue;
    }
    let offset: number;
    if (kind === 1) {
      if (at >= packed.length) throw new RangeError('bytes are missing');
      count = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | packed[at++]!;
    } else {
      const bytes = kind === 2 ? 2 : 4;
      if (at + bytes > packed.length) throw new RangeError('bytes are missing');
      offset = packed.readUIntLE(at, bytes);
      at += bytes;
    }
    if (offset === 0 || offset > written || written + count > length)
      throw new RangeError('a copy lies outside');
    for (let from = written - offset, end = written + count; written < end;) out[written++] = out[from++]!;
  }
  if (written !== length) throw new RangeError('bytes are missing');
}
