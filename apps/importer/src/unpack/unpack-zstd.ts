import { SyncError } from '@tidetable/contracts';
import { Decompress } from 'fzstd';
import { ByteQueue } from './byte-queue.js';
import { frameHeaderBytes, readFrameHeader } from './zstd-frame.js';

const magicBytes = 4;
const zstdMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/** How far back a file may refer, which is what has to stay in memory: what `zstd` demands up to its level 20. */
const windowBytesMax = 32 * 1024 * 1024;
/** No block stands for more. */
const blockBytesMax = 128 * 1024;
const blockHeaderBytes = 3;
const checksumBytes = 4;
const skippedAtOnceBytes = 1024 * 1024;

/**
 * Unpacks a Zstandard file of one frame or several, a block at a time. The frames' own checksums are left out, their
 * lengths are checked.
 *
 * @throws SyncError `archive-broken`, or `archive-too-large` where too much of the file would have to stay in memory
 */
export async function* unpackZstd(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const bytes = new ByteQueue(content);
  try {
    for (;;) {
      const magic = await bytes.take(magicBytes);
      if (magic.length === 0) return;
      if (magic.length < magicBytes) throw broken();
      const number = magic.readUInt32LE(0);
      if (number === zstdMagic) yield* unpackFrame(bytes, magic);
      else if ((number & 0xfffffff0) === skippableMagic)
        await skip(bytes, (await exactly(bytes, 4)).readUInt32LE(0));
      else throw broken();
    }
  } finally {
    await bytes.close();
  }
}

async function* unpackFrame(bytes: ByteQueue, magic: Buffer): AsyncGenerator<Buffer, void, void> {
  const descriptor = await exactly(bytes, 1);
  const header = Buffer.concat([descriptor, await exactly(bytes, frameHeaderBytes(descriptor[0]!) - 1)]);
  const { windowBytes, contentBytes, hasChecksum, isReadable } = readFrameHeader(header);
  if (!isReadable) throw broken();
  if (windowBytes > windowBytesMax) {
    throw new SyncError('archive-too-large', 'it was packed with a window of more than 32 MiB');
  }
  let unpacked: Buffer[] = [];
  const decoder = new Decompress((piece) =>
    unpacked.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length)),
  );
  let start = Buffer.concat([magic, header]);
  let total = 0;
  for (let isLast = false; !isLast;) {
    const block = await readBlock(bytes);
    isLast = block.isLast;
    push(decoder, Buffer.concat([start, block.bytes]), false);
    start = Buffer.alloc(0);
    // The decoder keeps short frames to itself until it is told that they are over.
    if (isLast) push(decoder, await exactly(bytes, hasChecksum ? checksumBytes : 0), true);
    for (const piece of unpacked) total += piece.length;
    yield* unpacked;
    unpacked = [];
  }
  if (contentBytes !== null && total !== contentBytes) throw broken();
}

async function readBlock(bytes: ByteQueue): Promise<{ bytes: Buffer; isLast: boolean }> {
  const header = await exactly(bytes, blockHeaderBytes);
  const number = header.readUIntLE(0, blockHeaderBytes);
  const length = number >>> 3;
  if (length > blockBytesMax) throw broken();
  // A repeated byte stands for all of its block.
  const isRepeated = ((number >>> 1) & 3) === 1;
  const content = await exactly(bytes, isRepeated ? 1 : length);
  return { bytes: Buffer.concat([header, content]), isLast: (number & 1) === 1 };
}

function push(decoder: Decompress, bytes: Buffer, isFinal: boolean): void {
  try {
    decoder.push(bytes, isFinal);
  } catch (error) {
    throw broken(error);
  }
}

async function skip(bytes: ByteQueue, length: number): Promise<void> {
  for (let left = length; left > 0; left -= skippedAtOnceBytes) {
    await exactly(bytes, Math.min(left, skippedAtOnceBytes));
  }
}

async function exactly(bytes: ByteQueue, length: number): Promise<Buffer> {
  const taken = await bytes.take(length);
  if (taken.length < length) throw broken();
  return taken;
}

function broken(cause?: unknown): SyncError {
  return new SyncError('archive-broken', undefined, { cause });
}
