import { geometryKind } from '../formats/geometry-kind.js';
import { webmercatorLatitudeMax, webmercatorX, webmercatorY } from './encode-point.js';

/**
 * What stands before the body of a multi geometry of one part: byte order, type, SRID, number of parts, the part's byte
 * order and type. The body of every geometry is written behind so much room.
 */
const bodyOffset = 18;
/** What stands before the body of any other: byte order, type, SRID. */
const headerBytes = 9;
const coordinateBytes = 16;
const sridFlag = 0x20000000;
const degreesSrid = 4326;
const webmercatorSrid = 3857;

/** From a kind to the kind that holds several of it. */
const multiOf = 3;

/**
 * Takes one geometry at a time, in two dimensions, and holds it as little-endian EWKB. Readers of every notation write
 * into it, so that what holds for all of them is decided once: that rings are closed, that lines have two points, how
 * far coordinates reach.
 *
 * A reader calls `begin`, writes the body of the outermost geometry and ends with `complete`.
 */
export class GeometryBuffer {
  /** The bytes of the geometry, between `start` and `end` once it is sealed; and of its place on the map, once projected. */
  bytes: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  mapped: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  start = 0;
  end = 0;
  kind = 0;
  /** The number of the reference system that the value names; 0 when it names none. */
  srid = 0;
  /** How many coordinates it has; 0 is an empty geometry. */
  coordinates = 0;
  /** Whether a ring did not end where it began. */
  hasOpenRing = false;
  /** Whether it has something that can cross itself: a polygon. */
  hasArea = false;
  west = Infinity;
  south = Infinity;
  east = -Infinity;
  north = -Infinity;

  private view: DataView = viewOf(this.bytes);
  private mappedView: DataView = viewOf(this.mapped);
  private length = 0;
  /** Where each run of coordinates begins and ends. */
  private readonly runs: number[] = [];
  private runEnd = -1;
  private sequenceAt = 0;
  private sequenceCoordinates = 0;

  /** Forgets what was there. */
  begin(): void {
    this.length = bodyOffset;
    this.runs.length = 0;
    this.runEnd = -1;
    this.kind = 0;
    this.srid = 0;
    this.coordinates = 0;
    this.hasOpenRing = false;
    this.hasArea = false;
    this.west = Infinity;
    this.south = Infinity;
    this.east = -Infinity;
    this.north = -Infinity;
  }

  /** The body is complete; `srid` is what the value names, 0 for nothing. */
  complete(kind: number, srid: number): void {
    this.kind = kind;
    this.srid = srid;
  }

  /** Begins a geometry inside of another. */
  beginPart(kind: number): void {
    this.reserve();
    this.bytes[this.length] = 1;
    this.view.setUint32(this.length + 1, kind, true);
    this.length += 5;
  }

  /** Begins a list, of parts or rings; the answer is for `endList`. */
  beginList(): number {
    this.reserve();
    this.length += 4;
    return this.length - 4;
  }

  endList(at: number, entries: number): void {
    this.view.setUint32(at, entries, true);
  }

  /** Begins the coordinates of a line or a ring. */
  beginSequence(): void {
    this.sequenceAt = this.beginList();
    this.sequenceCoordinates = this.coordinates;
  }

  /** The next coordinate; false when it is no number. */
  coordinate(x: number, y: number): boolean {
    // Written so that it is false for NaN as well.
    if (!(x - x === 0 && y - y === 0)) return false;
    this.reserve();
    this.view.setFloat64(this.length, x, true);
    this.view.setFloat64(this.length + 8, y, true);
    this.takeCoordinate();
    if (x < this.west) this.west = x;
    if (x > this.east) this.east = x;
    if (y < this.south) this.south = y;
    if (y > this.north) this.north = y;
    return true;
  }

  /** An empty point, which has no coordinate but their place. */
  emptyPoint(): void {
    this.reserve();
    this.view.setFloat64(this.length, NaN, true);
    this.view.setFloat64(this.length + 8, NaN, true);
    this.length += coordinateBytes;
  }

  /** Ends a line; false when it has a single point. */
  endLine(): boolean {
    const count = this.coordinates - this.sequenceCoordinates;
    this.endList(this.sequenceAt, count);
    return count !== 1;
  }

  /** Ends a ring and closes it; false when it encloses nothing, having fewer than three points. */
  endRing(): boolean {
    let count = this.coordinates - this.sequenceCoordinates;
    this.hasArea = true;
    if (count > 0 && !this.isClosed()) {
      this.hasOpenRing = true;
      const first = this.sequenceAt + 4;
      this.reserve();
      this.bytes.copyWithin(this.length, first, first + coordinateBytes);
      this.takeCoordinate();
      count++;
    }
    this.endList(this.sequenceAt, count);
    return count > 3;
  }

  /**
   * Puts the head before the body: with `reprojected` the SRID that it names, else degrees. Lines and polygons become
   * multi geometries of one part, and points where `multiPoints` says so, so that all rows have one kind.
   */
  seal(multiPoints: boolean, reprojected = false): void {
    const { view, kind } = this;
    const isPromoted =
      kind === geometryKind.lineString ||
      kind === geometryKind.polygon ||
      (kind === geometryKind.point && multiPoints);
    const srid = reprojected && this.srid !== 0 ? this.srid : degreesSrid;
    this.end = this.length;
    this.start = isPromoted ? 0 : bodyOffset - headerBytes;
    this.bytes[this.start] = 1;
    view.setUint32(this.start + 1, sridFlag + kind + (isPromoted ? multiOf : 0), true);
    view.setUint32(this.start + 5, srid, true);
    if (!isPromoted) return;
    view.setUint32(headerBytes, 1, true);
    this.bytes[headerBytes + 4] = 1;
    view.setUint32(headerBytes + 5, kind, true);
  }

  /**
   * Projects the sealed geometry, which must be in degrees, into `mapped`: by the spherical formula that defines the
   * projection of the web's maps, on beyond the date line. False when it reaches beyond where that holds.
   */
  project(): boolean {
    const { start, end, bytes, view, runs } = this;
    if (this.south < -webmercatorLatitudeMax || this.north > webmercatorLatitudeMax) return false;
    if (this.mapped.length < end) {
      this.mapped = Buffer.allocUnsafeSlow(bytes.length);
      this.mappedView = viewOf(this.mapped);
    }
    const { mapped, mappedView } = this;
    bytes.copy(mapped, start, start, end);
    mappedView.setUint32(start + 5, webmercatorSrid, true);
    for (let run = 0; run < runs.length; run += 2) {
      const runEnd = runs[run + 1]!;
      for (let at = runs[run]!; at < runEnd; at += coordinateBytes) {
        mappedView.setFloat64(at, webmercatorX(view.getFloat64(at, true)), true);
        mappedView.setFloat64(at + 8, webmercatorY(view.getFloat64(at + 8, true)), true);
      }
    }
    return true;
  }

  /** A coordinate was written. */
  private takeCoordinate(): void {
    if (this.length !== this.runEnd) this.runs.push(this.length, this.length);
    this.length += coordinateBytes;
    this.runEnd = this.length;
    this.runs[this.runs.length - 1] = this.length;
    this.coordinates++;
  }

  private isClosed(): boolean {
    const { view, sequenceAt, length } = this;
    const first = sequenceAt + 4;
    const last = length - coordinateBytes;
    return (
      view.getFloat64(first, true) === view.getFloat64(last, true) &&
      view.getFloat64(first + 8, true) === view.getFloat64(last + 8, true)
    );
  }

  private reserve(): void {
    if (this.bytes.length - this.length >= 2 * coordinateBytes) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.bytes.length);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
