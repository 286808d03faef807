import type { SortedBlock } from './read-block.js';

const pieceBytes = 256 * 1024;
/** After so many equal bytes the next one says how often they are repeated. */
const equalBytes = 4;

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  return sum;
});

/**
 * Gives the bytes of a block in their order, in pieces, so that a block that stands for a lot more is never whole in
 * memory. Returns their checksum.
 */
export function* expandBlock({ entries, count, first }: SortedBlock): Generator<Buffer, number, void> {
  linkBytes(entries, count);
  let piece = Buffer.allocUnsafe(pieceBytes);
  let length = 0;
  let sum = -1;
  let place = entries[first]! >>> 8;
  let previous = -1;
  let equal = 0;
  for (let i = 0; i < count; i++) {
    const entry = entries[place]!;
    const byte = entry & 0xff;
    place = entry >>> 8;
    const isCount = equal === equalBytes;
    const value = isCount ? previous : byte;
    if (!isCount) {
      equal = byte === previous ? equal + 1 : 1;
      previous = byte;
    } else {
      equal = 0;
      previous = -1;
    }
    for (let copies = isCount ? byte : 1; copies > 0; copies--) {
      piece[length++] = value;
      sum = (sum << 8) ^ table[(sum >>> 24) ^ value]!;
      if (length === pieceBytes) {
        yield piece;
        piece = Buffer.allocUnsafe(pieceBytes);
        length = 0;
      }
    }
  }
  if (length > 0) yield piece.subarray(0, length);
  return ~sum;
}

/** Adds to each entry, above its byte, where the next one is. */
function linkBytes(entries: Uint32Array, count: number): void {
  const starts = new Uint32Array(257);
  for (let i = 0; i < count; i++) starts[(entries[i]! & 0xff) + 1]!++;
  for (let byte = 1; byte <= 256; byte++) starts[byte]! += starts[byte - 1]!;
  for (let i = 0; i < count; i++) {
    const byte = entries[i]! & 0xff;
    const at = starts[byte]!++;
    entries[at] = ((i << 8) | (entries[at]! & 0xff)) >>> 0;
  }
}
