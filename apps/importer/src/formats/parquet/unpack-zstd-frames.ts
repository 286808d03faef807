import { Decompress } from 'fzstd';
import { frameHeaderBytes, readFrameHeader } from '../../unpack/zstd-frame.js';

const zstdMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const blockBytesMax = 128 * 1024;
/** Pages are small; what refers further back than this was made to take memory. */
const windowBytesMax = 128 * 1024 * 1024;

/**
 * Unpacks frames of Zstandard into `out`, which they have to fill, block by block: as soon as there is more than that, it
 * ends.
 *
 * @throws an Error of any kind when they are damaged, or stand for another number of bytes
 */
export function unpackZstdFrames(packed: Buffer, out: Buffer): void {
  let written = 0;
  const take = (piece: Uint8Array): void => {
    if (piece.length > out.length - written) throw new RangeError('it stands for more bytes');
    out.set(piece, written);
    written += piece.length;
  };
  for (let at = 0; at < packed.length;) {
    const magic = packed.readUInt32LE(at);
    if (magic === zstdMagic) at = unpackFrame(packed, at, out.length, take);
    else if ((magic & 0xffff_fff0) >>> 0 === skippableMagic) at += 8 + packed.readUInt32LE(at + 4);
    else throw new RangeError('that is no frame');
  }
  if (written !== out.length) throw new RangeError('bytes are missing');
}

/** Unpacks the frame at `start` and returns where it ends. */
function unpackFrame(
  packed: Buffer,
  start: number,
  bytesMax: number,
  take: (piece: Uint8Array) => void,
): number {
  const headerStart = start + 4;
  let at = headerStart + frameHeaderBytes(packed.readUInt8(headerStart));
  if (at > packed.length) throw new RangeError('bytes are missing');
  const header = readFrameHeader(packed.subarray(headerStart, at));
  const { windowBytes, contentBytes, hasChecksum, isReadable } = header;
  if (!isReadable || windowBytes > windowBytesMax) throw new RangeError('a frame cannot be read');
  if (contentBytes !== null && contentBytes > bytesMax) throw new RangeError('it stands for more bytes');
  const decoder = new Decompress(take);
  for (let from = start, isLast = false; !isLast;) {
    const block = packed.readUIntLE(at, 3);
    isLast = (block & 1) === 1;
    const length = block >>> 3;
    if (length > blockBytesMax) throw new RangeError('a block is too large');
    // A repeated byte stands for all of its block.
    at += 3 + (((block >>> 1) & 3) === 1 ? 1 : length) + (isLast && hasChecksum ? 4 : 0);
    if (at > packed.length) throw new RangeError('bytes are missing');
    decoder.push(packed.subarray(from, at), isLast);
    from = at;
  }
  return at;
}
