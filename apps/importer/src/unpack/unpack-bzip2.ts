import { SyncError } from '@tidetable/contracts';
import { BitReader } from './bzip2/bit-reader.js';
import { expandBlock } from './bzip2/expand-block.js';
import { readBlock } from './bzip2/read-block.js';

/** What blocks, and the ends of streams, begin with: the digits of pi, and of its square root. */
const blockMagic = 0x314159265359;
const endMagic = 0x177245385090;

/** No packed block is longer: a little more than the 900,000 bytes that it stands for. */
const packedBlockBytesMax = 1_200_000;
const blockUnitBytes = 100_000;

/**
 * Unpacks a bzip2 file of one stream or several, checking their sums, a block at a time.
 *
 * @throws SyncError `archive-broken`
 */
export async function* unpackBzip2(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const chunks = content[Symbol.asyncIterator]();
  const reader = new BitReader();
  let atEnd = false;
  const fill = async (): Promise<void> => {
    while (!atEnd && reader.bytesLeft < packedBlockBytesMax) {
      const next = await chunks.next();
      if (next.done === true) atEnd = true;
      else reader.append(next.value);
    }
  };
  try {
    do {
      await fill();
      yield* unpackStream(reader, fill);
      await fill();
    } while (reader.bytesLeft > 0);
  } finally {
    await chunks.return?.();
  }
}

async function* unpackStream(
  reader: BitReader,
  fill: () => Promise<void>,
): AsyncGenerator<Buffer, void, void> {
  const entries = translated(() => readHeader(reader));
  let sum = 0;
  for (;;) {
    await fill();
    const magic = translated(() => reader.read(24) * 2 ** 24 + reader.read(24));
    const told = translated(() => reader.readWord());
    if (magic === endMagic) {
      if (told !== sum) throw broken();
      reader.alignToByte();
      return;
    }
    if (magic !== blockMagic) throw broken();
    const own = yield* expandBlock(translated(() => readBlock(reader, entries)));
    if (own !== told) throw broken();
    sum = ((sum << 1) | (sum >>> 31)) ^ own;
  }
}

/** Room for a block of the size that the stream has. */
function readHeader(reader: BitReader): Uint32Array {
  const isBzip2 = reader.read(16) === 0x425a && reader.read(8) === 0x68;
  const units = reader.read(8) - 0x30;
  if (!isBzip2 || units < 1 || units > 9) throw new Error('it does not begin as it should');
  return new Uint32Array(units * blockUnitBytes);
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw broken(error);
  }
}

function broken(cause?: unknown): SyncError {
  return new SyncError('archive-broken', undefined, { cause });
}
