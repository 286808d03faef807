const headerBytes = 100;
const entryBytes = 8;
const magic = 9_994;

/** What the index of a shapefile (.shx) says of it. */
export interface ShapeIndex {
  readonly shapes: number;
  /** Where the last shape ends in the .shp. */
  readonly end: number;
}

/**
 * Reads the index of a shapefile. `null` unless its shapes stand one behind the other in the .shp, in their order and with
 * nothing in between: programs that change a shape in place leave the old one where it was, which only the index tells.
 */
export async function readShapeIndex(content: AsyncIterable<Buffer>): Promise<ShapeIndex | null> {
  let rest: Buffer = Buffer.alloc(0);
  let entriesLeft = -1;
  let shapes = 0;
  let end = headerBytes;
  for await (const chunk of content) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (entriesLeft === -1) {
      if (bytes.length < headerBytes) {
        rest = bytes;
        continue;
      }
      if (bytes.readInt32BE(0) !== magic) return null;
      entriesLeft = (2 * bytes.readUInt32BE(24) - headerBytes) / entryBytes;
      if (!Number.isInteger(entriesLeft) || entriesLeft < 0) return null;
      bytes = bytes.subarray(headerBytes);
    }
    let at = 0;
    for (; bytes.length - at >= entryBytes && entriesLeft > 0; at += entryBytes) {
      if (2 * bytes.readUInt32BE(at) !== end) return null;
      end += recordHeaderBytes + 2 * bytes.readUInt32BE(at + 4);
      shapes++;
      entriesLeft--;
    }
    rest = bytes.subarray(at);
  }
  return entriesLeft === 0 ? { shapes, end } : null;
}

/** What stands before each shape: its number and its length. */
const recordHeaderBytes = 8;
