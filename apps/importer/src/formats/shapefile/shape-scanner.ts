import { geometryKind } from '../geometry-kind.js';
import { EwkbWriter } from '../ewkb-writer.js';
import { measureRing, organiseRings, type Ring } from './organise-rings.js';

const positionBytes = 16;
/** Where things stand in a shape, after its kind. */
const pointEnd = 20;
const multiPointCountAt = 36;
const multiPointsAt = 40;
const partCountAt = 36;
const positionCountAt = 40;
const partsAt = 44;

/** The kinds of shapes, but for what they have besides x and y, which stands behind those and is passed over. */
const nullShape = 0;
const pointShape = 1;
const lineShape = 3;
const polygonShape = 5;
const multiPointShape = 8;
/** Surfaces of triangles and rings. */
export const multiPatchShape = 31;

/** Kinds with Z and M are 10 above, those with M alone 20. */
const kindsWithout = new Map(
  [0, 10, 20].flatMap((more) =>
    [pointShape, lineShape, polygonShape, multiPointShape].map((kind) => [kind + more, kind] as const),
  ),
);

/**
 * Turns the shapes of a .shp file into little-endian EWKB of two dimensions in degrees. Lines and polygons of one part are
 * single ones. Parts of a line that have one position, and rings that enclose nothing, are left out where others remain.
 */
export class ShapeScanner {
  /** Whether a part was left out of the last shape. */
  hasLostPart = false;
  /** Whether the last shape has so many rings in each other that it was left out as a whole. */
  isEntangled = false;
  private readonly ewkb = new EwkbWriter();

  get bytes(): Buffer {
    return this.ewkb.bytes;
  }

  /** How long the geometry is; 0 for none. */
  get length(): number {
    return this.ewkb.length;
  }

  /** Scans `bytes[start..end)`, a shape without what stands before it. False when it is damaged. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    this.ewkb.length = 0;
    this.hasLostPart = false;
    this.isEntangled = false;
    if (end - start < 4) return false;
    const given = bytes.readInt32LE(start);
    if (given === nullShape) return true;
    switch (kindsWithout.get(given)) {
      case pointShape:
        return this.scanPoint(bytes, start, end);
      case multiPointShape:
        return this.scanMultiPoint(bytes, start, end);
      case lineShape:
        return this.scanParts(bytes, start, end, (parts) => this.writeLines(bytes, parts));
      case polygonShape:
        return this.scanParts(bytes, start, end, (parts) => this.writePolygons(bytes, parts));
      default:
        return false;
    }
  }

  private scanPoint(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < pointEnd) return false;
    this.ewkb.beginGeometry(geometryKind.point, true);
    this.ewkb.writePositions(bytes, start + 4, start + pointEnd);
    return true;
  }

  private scanMultiPoint(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < multiPointsAt) return false;
    const count = bytes.readUInt32LE(start + multiPointCountAt);
    if (count > (end - start - multiPointsAt) / positionBytes) return false;
    if (count === 0) return true;
    const { ewkb } = this;
    ewkb.beginGeometry(geometryKind.multiPoint, true);
    ewkb.setCount(ewkb.beginCounted(), count);
    for (let at = start + multiPointsAt, n = 0; n < count; n++, at += positionBytes) {
      ewkb.beginGeometry(geometryKind.point, false);
      ewkb.writePositions(bytes, at, at + positionBytes);
    }
    return true;
  }

  /** Hands on where each part's positions begin, and then where the last one's end. */
  private scanParts(
    bytes: Buffer,
    start: number,
    end: number,
    write: (parts: readonly number[]) => void,
  ): boolean {
    if (end - start < partsAt) return false;
    const partCount = bytes.readUInt32LE(start + partCountAt);
    const count = bytes.readUInt32LE(start + positionCountAt);
    if (4 * partCount + positionBytes * count > end - start - partsAt) return false;
    if (partCount === 0 || count === 0) return true;
    const first = start + partsAt + 4 * partCount;
    const parts: number[] = [];
    let before = 0;
    for (let part = 0; part < partCount; part++) {
      const index = bytes.readUInt32LE(start + partsAt + 4 * part);
      if (index < before || index > count) return false;
      parts.push(first + index * positionBytes);
      before = index;
    }
    parts.push(first + count * positionBytes);
    write(parts);
    return true;
  }

  private writeLines(bytes: Buffer, parts: readonly number[]): void {
    const lines = this.withoutUseless(partsOf(parts), ({ start, end }) => end - start >= 2 * positionBytes);
    const { ewkb } = this;
    const isMulti = lines.length > 1;
    if (isMulti) this.beginMulti(geometryKind.multiLineString, lines.length);
    for (const { start, end } of lines) {
      ewkb.beginGeometry(geometryKind.lineString, !isMulti);
      this.writeSequence(bytes, start, end);
    }
  }

  private writePolygons(bytes: Buffer, parts: readonly number[]): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const rings = this.withoutUseless(partsOf(parts), ({ start, end }) =>
      enclosesSomething(view, start, end),
    );
    const { ewkb } = this;
    if (rings.length === 1) {
      ewkb.beginGeometry(geometryKind.polygon, true);
      ewkb.setCount(ewkb.beginCounted(), 1);
      this.writeSequence(bytes, rings[0]!.start, rings[0]!.end);
      return;
    }
    const polygons = organiseRings(
      view,
      rings.map(({ start, end }) => measureRing(view, start, end)),
    );
    this.isEntangled = polygons === null;
    if (polygons === null) return;
    const isMulti = polygons.length > 1;
    if (isMulti) this.beginMulti(geometryKind.multiPolygon, polygons.length);
    for (const polygon of polygons) this.writePolygon(bytes, polygon, isMulti);
  }

  private writePolygon(bytes: Buffer, polygon: Ring, isPart: boolean): void {
    const { ewkb } = this;
    ewkb.beginGeometry(geometryKind.polygon, !isPart);
    ewkb.setCount(ewkb.beginCounted(), 1 + polygon.holes.length);
    this.writeSequence(bytes, polygon.start, polygon.end);
    for (const { start, end } of polygon.holes) this.writeSequence(bytes, start, end);
  }

  private beginMulti(kind: number, count: number): void {
    this.ewkb.beginGeometry(kind, true);
    this.ewkb.setCount(this.ewkb.beginCounted(), count);
  }

  private writeSequence(bytes: Buffer, start: number, end: number): void {
    const { ewkb } = this;
    ewkb.setCount(ewkb.beginCounted(), (end - start) / positionBytes);
    ewkb.writePositions(bytes, start, end);
  }

  /** The parts that are of use; all where none is, since what they are is for others to judge. */
  private withoutUseless(parts: readonly Part[], isUseful: (part: Part) => boolean): readonly Part[] {
    const useful = parts.filter(isUseful);
    if (useful.length === 0) return parts;
    this.hasLostPart = useful.length < parts.length;
    return useful;
  }
}

interface Part {
  readonly start: number;
  readonly end: number;
}

/** Parts of nothing are none. */
function partsOf(bounds: readonly number[]): Part[] {
  const parts: Part[] = [];
  for (let part = 1; part < bounds.length; part++) {
    const [start, end] = [bounds[part - 1]!, bounds[part]!];
    if (end > start) parts.push({ start, end });
  }
  return parts;
}

/** Whether a ring has three positions, besides one that closes it. */
function enclosesSomething(view: DataView, start: number, end: number): boolean {
  const last = end - positionBytes;
  const isClosed =
    view.getFloat64(start, true) === view.getFloat64(last, true) &&
    view.getFloat64(start + 8, true) === view.getFloat64(last + 8, true);
  return end - start >= (isClosed ? 4 : 3) * positionBytes;
}
