/** What stands before a multi geometry's parts: byte order, type, SRID, their number. */
const multiHeaderBytes = 13;
/** What a single geometry begins with, the SRID included: byte order, type, SRID. */
const singleHeaderBytes = 9;

const lineString = 2;
const polygon = 3;
const multiOf = 3;
/** Degrees, two dimensions, little-endian: the digits that every geometry begins with, but for its type. */
const headerPattern = /^01([0-9A-F]{2})000020E6100000$/i;

/** The most bytes that a geometry of so many hexadecimal digits takes. */
export function ewkbBytesMax(digits: number): number {
  return digits / 2 + multiHeaderBytes;
}

/**
 * Writes a geometry, given as hexadecimal digits of little-endian EWKB with two dimensions and SRID 4326, into `out`
 * at `at`, and returns how many bytes it took. A line or a polygon becomes a multi geometry of one part, so that a
 * table has one type whatever each row has.
 *
 * @throws an Error when it is no such EWKB: whoever made it broke its word
 */
export function writeMultiGeometry(
  out: Buffer,
  at: number,
  digits: Buffer,
  start: number,
  end: number,
): number {
  const header = headerPattern.exec(digits.toString('latin1', start, start + 2 * singleHeaderBytes));
  if (header === null || (end - start) % 2 !== 0) throw new Error('the geometry is not EWKB in degrees');
  const type = Number.parseInt(header[1]!, 16);
  if (type !== lineString && type !== polygon) return writeHex(out, at, digits, start, end);

  out[at] = 1;
  out.writeUInt32LE(0x20000000 + type + multiOf, at + 1);
  out.writeUInt32LE(4326, at + 5);
  out.writeUInt32LE(1, at + 9);
  const part = at + multiHeaderBytes;
  out[part] = 1;
  out.writeUInt32LE(type, part + 1);
  const body = writeHex(out, part + 5, digits, start + 2 * singleHeaderBytes, end);
  return multiHeaderBytes + 5 + body;
}

function writeHex(out: Buffer, at: number, digits: Buffer, start: number, end: number): number {
  const bytes = (end - start) / 2;
  if (out.write(digits.toString('latin1', start, end), at, bytes, 'hex') !== bytes) {
    throw new Error('the geometry is not written in hexadecimal digits');
  }
  return bytes;
}
