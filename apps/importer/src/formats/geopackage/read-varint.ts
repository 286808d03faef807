/** Where the number that was read last ends. */
export let varintEnd = 0;

/** Numbers above are of no use to anybody here; they stand for themselves only about. */
const sevenBits = 0x80;

/**
 * Reads a number of SQLite's variable length, of up to nine bytes of which all but the last have seven bits. Beyond 2^53 it
 * is only nearly right. Past the end of the bytes zeros are read.
 */
export function readVarint(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i] ?? 0;
    if (byte < sevenBits) {
      varintEnd = at + i + 1;
      return value * sevenBits + byte;
    }
    value = value * sevenBits + (byte - sevenBits);
  }
  varintEnd = at + 9;
  return value * 256 + (bytes[at + 8] ?? 0);
}
