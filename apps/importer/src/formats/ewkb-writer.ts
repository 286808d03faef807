/** Little-endian EWKB: the flag that a SRID follows, and the one of degrees. */
const withSrid = 0x20000000;
const degreesSrid = 4326;

const positionBytes = 16;

/** Writes geometries as little-endian EWKB with two dimensions, one after the other into the same room. */
export class EwkbWriter {
  /** The geometry is in `bytes[0..length)`. */
  bytes: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  length = 0;
  private view: DataView = viewOf(this.bytes);

  constructor(
    /** The reference system that all of them name. */
    private readonly srid = degreesSrid,
  ) {}

  /** Begins a geometry of this kind: the outermost one, or a part of another. */
  beginGeometry(kind: number, isOutermost: boolean): void {
    this.reserve();
    this.bytes[this.length] = 1;
    this.view.setUint32(this.length + 1, isOutermost ? kind + withSrid : kind, true);
    this.length += 5;
    if (!isOutermost) return;
    this.view.setUint32(this.length, this.srid, true);
    this.length += 4;
  }

  /** Leaves room for a count, and returns where. */
  beginCounted(): number {
    this.reserve();
    this.length += 4;
    return this.length - 4;
  }

  setCount(at: number, count: number): void {
    this.view.setUint32(at, count, true);
  }

  writePosition(x: number, y: number): void {
    this.reserve();
    this.view.setFloat64(this.length, x, true);
    this.view.setFloat64(this.length + 8, y, true);
    this.length += positionBytes;
  }

  /** Writes positions that stand in `bytes[start..end)` as they are written here: x and y, little-endian. */
  writePositions(bytes: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    bytes.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  /** How many positions were written since the count at `at`. */
  positionsSince(at: number): number {
    return (this.length - at - 4) / positionBytes;
  }

  /** Whether the last position is the first one since the count at `at`. */
  isClosed(at: number): boolean {
    const { view } = this;
    const first = at + 4;
    const last = this.length - positionBytes;
    return (
      view.getFloat64(first, true) === view.getFloat64(last, true) &&
      view.getFloat64(first + 8, true) === view.getFloat64(last + 8, true)
    );
  }

  /** Writes the first position since the count at `at` once more, and counts it. */
  close(at: number): void {
    this.reserve();
    this.bytes.copyWithin(this.length, at + 4, at + 4 + positionBytes);
    this.length += positionBytes;
    this.setCount(at, this.positionsSince(at));
  }

  /** Makes room for so many bytes; without saying how many, for anything but several positions at once. */
  private reserve(bytes = positionBytes): void {
    if (this.bytes.length - this.length >= bytes) return;
    const grown = Buffer.allocUnsafeSlow(2 * this.bytes.length + bytes);
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = viewOf(grown);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
