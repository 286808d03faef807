/** What stands before a multi geometry's parts: byte order, type, SRID, their number. */
const multiHeaderBytes = 13;
/** What a single geometry begins with, the SRID included: byte order, type, SRID. */
const singleHeaderBytes = 9;

const lineString = 2;
const polygon = 3;
const multiOf = 3;
/** Degrees, two dimensions, little-endian: the digits that every geometry begins with, but for its type. */
const headerPattern = /^01([0-9A-F]{2})000020E6100000$/i;

/** Bytes 1 to 4 of little-endian EWKB are its type, of which the last byte says only that a SRID follows. */
const typeOffset = 1;
const sridOffset = 5;
const sridFlag = 0x20000000;
const degreesSrid = 4326;

/** The most bytes that a geometry of so many bytes takes. */
export function promotedBytesMax(bytes: number): number {
  return bytes + multiHeaderBytes;
}

/**
 * Writes a geometry, given as little-endian EWKB with two dimensions and SRID 4326, into `out` at `at`, and returns how
 * many bytes it took. A line or a polygon becomes a multi geometry of one part, so that a table has one type whatever
 * each row has.
 *
 * @throws an Error when it is no such EWKB: whoever made it broke its word
 */
export function writeMultiGeometryBytes(
  out: Buffer,
  at: number,
  bytes: Buffer,
  start: number,
  end: number,
): number {
  const size = end - start;
  const isDegrees =
    size >= singleHeaderBytes &&
    bytes[start] === 1 &&
    bytes.readUInt32LE(start + sridOffset) === degreesSrid &&
    bytes.readUInt32LE(start + typeOffset) - sridFlag < 256;
  if (!isDegrees) throw new Error('the geometry is not EWKB in degrees');
  const type = bytes[start + typeOffset]!;
  if (type !== lineString && type !== polygon) {
    bytes.copy(out, at, start, end);
    return size;
  }
  const part = writeMultiHeader(out, at, type);
  bytes.copy(out, part, start + singleHeaderBytes, end);
  return part - at + size - singleHeaderBytes;
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

  const part = writeMultiHeader(out, at, type);
  return part - at + writeHex(out, part, digits, start + 2 * singleHeaderBytes, end);
}

/** Writes what stands before the body of a single part, and returns where that begins. */
function writeMultiHeader(out: Buffer, at: number, type: number): number {
  out[at] = 1;
  out.writeUInt32LE(sridFlag + type + multiOf, at + typeOffset);
  out.writeUInt32LE(degreesSrid, at + sridOffset);
  out.writeUInt32LE(1, at + singleHeaderBytes);
  const part = at + multiHeaderBytes;
  out[part] = 1;
  out.writeUInt32LE(type, part + typeOffset);
  return part + 5;
}

function writeHex(out: Buffer, at: number, digits: Buffer, start: number, end: number): number {
  const bytes = (end - start) / 2;
  if (out.write(digits.toString('latin1', start, end), at, bytes, 'hex') !== bytes) {
    throw new Error('the geometry is not written in hexadecimal digits');
  }
  return bytes;
}
