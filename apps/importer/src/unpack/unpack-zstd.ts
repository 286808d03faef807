import { SyncError } from '@tidetable/contracts';
import { ByteQueue } from './byte-queue.js';
import { frameHeaderBytes, readFrameHeader } from './zstd/frame-header.js';
import { ZstdBlocks } from './zstd/zstd-block.js';

const magicBytes = 4;
const zstdMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/** How far back a file may refer, which is what has to stay in memory: what `zstd` demands up to its level 20. */
const windowBytesMax = 32 * 1024 * 1024;
/** No block stands for more. */
const blockBytesMax = 128 * 1024;
/** So many blocks are added before what is too far back is let go. */
const blocksAtOnce = 16;
const blockHeaderBytes = 3;
const blockKind = { plain: 0, repeated: 1, packed: 2 } as const;
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
      if (number === zstdMagic) yield* unpackFrame(bytes);
      else if ((number & 0xfffffff0) === skippableMagic)
        await skip(bytes, (await exactly(bytes, 4)).readUInt32LE(0));
      else throw broken();
    }
  } finally {
    await bytes.close();
  }
}

async function* unpackFrame(bytes: ByteQueue): AsyncGenerator<Buffer, void, void> {
  const descriptor = await exactly(bytes, 1);
  const header = Buffer.concat([descriptor, await exactly(bytes, frameHeaderBytes(descriptor[0]!) - 1)]);
  const { windowBytes, contentBytes, hasChecksum, isReadable } = readFrameHeader(header);
  if (!isReadable) throw broken();
  if (windowBytes > windowBytesMax) {
    throw new SyncError('archive-too-large', 'it was packed with a window of more than 32 MiB');
  }
  const window = new FrameWindow(Math.min(windowBytes, contentBytes ?? Infinity));
  let total = 0;
  for (let isLast = false; !isLast;) {
    const block = await readBlock(bytes);
    isLast = block.isLast;
    const piece = unpackBlock(window, block);
    total += piece.length;
    if (piece.length > 0) yield piece;
  }
  await exactly(bytes, hasChecksum ? checksumBytes : 0);
  if (contentBytes !== null && total !== contentBytes) throw broken();
}

/** What a frame has made last, as far back as it may refer. */
class FrameWindow {
  private readonly out: Buffer;
  private readonly blocks: ZstdBlocks;
  private written = 0;

  constructor(private readonly windowBytes: number) {
    this.out = Buffer.allocUnsafeSlow(windowBytes + blocksAtOnce * blockBytesMax);
    this.blocks = new ZstdBlocks(this.out, 0);
  }

  /** Adds a block and returns a copy of what it stands for. @throws RangeError when it is damaged */
  add({ kind, length, bytes }: Block): Buffer {
    this.makeRoom();
    const start = this.written;
    switch (kind) {
      case blockKind.packed:
        this.written = this.blocks.unpack(bytes, 0, bytes.length, start);
        break;
      case blockKind.repeated:
        this.out.fill(bytes[0]!, start, start + length);
        this.written += length;
        break;
      case blockKind.plain:
        bytes.copy(this.out, start);
        this.written += length;
        break;
      default:
        throw new RangeError('a block is of the future');
    }
    return Buffer.from(this.out.subarray(start, this.written));
  }

  private makeRoom(): void {
    if (this.out.length - this.written >= blockBytesMax) return;
    this.out.copyWithin(0, this.written - this.windowBytes, this.written);
    this.written = this.windowBytes;
  }
}

interface Block {
  readonly kind: number;
  /** What it stands for, unless it is packed. */
  readonly length: number;
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

async function readBlock(bytes: ByteQueue): Promise<Block> {
  const header = (await exactly(bytes, blockHeaderBytes)).readUIntLE(0, blockHeaderBytes);
  const length = header >>> 3;
  if (length > blockBytesMax) throw broken();
  const kind = (header >>> 1) & 3;
  const content = await exactly(bytes, kind === blockKind.repeated ? 1 : length);
  return { kind, length, bytes: content, isLast: (header & 1) === 1 };
}

function unpackBlock(window: FrameWindow, block: Block): Buffer {
  try {
    return window.add(block);
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
