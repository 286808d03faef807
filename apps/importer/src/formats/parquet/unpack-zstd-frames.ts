import { frameHeaderBytes, readFrameHeader } from '../../unpack/zstd/frame-header.js';
import { ZstdBlocks } from '../../unpack/zstd/zstd-block.js';

const zstdMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const blockBytesMax = 128 * 1024;
const blockHeaderBytes = 3;
const checksumBytes = 4;

/**
 * Unpacks frames of Zstandard into `out`, which they have to fill: as soon as there is more than that, it ends. The
 * frames' own checksums are left out.
 *
 * @throws RangeError when they are damaged, or stand for another number of bytes
 */
export function unpackZstdFrames(packed: Buffer, out: Buffer): void {
  let written = 0;
  for (let at = 0; at < packed.length;) {
    const magic = packed.readUInt32LE(at);
    if (magic === zstdMagic) ({ at, written } = unpackFrame(packed, at + 4, out, written));
    else if ((magic & 0xffff_fff0) >>> 0 === skippableMagic) at += 8 + packed.readUInt32LE(at + 4);
    else throw new RangeError('that is no frame');
    if (at > packed.length) throw new RangeError('bytes are missing');
  }
  if (written !== out.length) throw new RangeError('bytes are missing');
}

interface Progress {
  at: number;
  written: number;
}

/** Unpacks the frame whose header is at `start`, and says how far that went. */
function unpackFrame(packed: Buffer, start: number, out: Buffer, outStart: number): Progress {
  let at = start + frameHeaderBytes(packed.readUInt8(start));
  if (at > packed.length) throw new RangeError('bytes are missing');
  const { contentBytes, hasChecksum, isReadable } = readFrameHeader(packed.subarray(start, at));
  if (!isReadable) throw new RangeError('a frame cannot be read');
  let written = outStart;
  const blocks = new ZstdBlocks(out, outStart);
  for (let isLast = false; !isLast;) {
    const header = packed.readUIntLE(at, blockHeaderBytes);
    at += blockHeaderBytes;
    isLast = (header & 1) === 1;
    const kind = (header >>> 1) & 3;
    const length = header >>> 3;
    const end = at + (kind === 1 ? 1 : length);
    if (length > blockBytesMax || end > packed.length) throw new RangeError('bytes are missing');
    if (kind === 2) written = blocks.unpack(packed, at, end, written);
    else {
      if (kind === 3 || length > out.length - written) throw new RangeError('a block makes no sense');
      if (kind === 1) out.fill(packed[at]!, written, written + length);
      else packed.copy(out, written, at, end);
      written += length;
    }
    at = end;
  }
  if (contentBytes !== null && written - outStart !== contentBytes) throw new RangeError('bytes are missing');
  return { at: at + (hasChecksum ? checksumBytes : 0), written };
}
