import { EwkbWriter } from '../ewkb-writer.js';
import { scanCoordinate, unusable } from './scan-coordinate.js';
import {
  braceOpen,
  bracketOpen,
  incomplete,
  MalformedJson,
  scanName,
  skipColon,
  skipSpace,
  skipValue,
  toClosing,
} from './scan-json.js';

const comma = 0x2c;
const quote = 0x22;
const letterN = 0x6e;

const pointKind = 1;
const lineKind = 2;
const polygonKind = 3;
const multiOf = 3;
const collectionKind = 7;
const kinds = new Map(
  [
    'Point',
    'LineString',
    'Polygon',
    'MultiPoint',
    'MultiLineString',
    'MultiPolygon',
    'GeometryCollection',
  ].map((name, index) => [name, index + 1]),
);
const typeLengthMax = 20;

/** How deep collections may stand in each other. */
const collectionsMax = 32;

/** Coordinates that rounding took past the edge of the world by less, about a centimetre, are at the edge. */
const roundingDegrees = 1e-7;

/** What became of a geometry. */
export type GeometryOutcome = 'none' | 'written' | 'outside' | 'malformed';

/**
 * Scans GeoJSON geometries into little-endian EWKB of two dimensions in degrees. A geometry that cannot be used, which
 * `outcome` tells, leaves `length` 0; one without any coordinates counts as none.
 *
 * A ring that is not closed is closed. Longitudes of lines and polygons may go on beyond 180 degrees, up to 360, as is
 * common for those that cross the date line; those of points may not.
 */
export class GeometryScanner {
  outcome: GeometryOutcome = 'none';
  /** Whether a ring of the geometry had to be closed. */
  hasClosedRing = false;

  private readonly ewkb = new EwkbWriter();
  private readonly position = new Float64Array(2);
  private isOutside = false;

  get bytes(): Buffer {
    return this.ewkb.bytes;
  }

  get length(): number {
    return this.ewkb.length;
  }

  clear(): void {
    this.ewkb.length = 0;
    this.outcome = 'none';
    this.hasClosedRing = false;
  }

  /** Scans any value where a geometry is expected, from its first byte, and returns its end, or `incomplete`. */
  scan(bytes: Buffer, at: number, to: number): number {
    this.clear();
    this.isOutside = false;
    if (bytes[at] !== braceOpen) {
      this.outcome = bytes[at] === letterN ? 'none' : 'malformed';
      return skipValue(bytes, at, to);
    }
    const end = this.scanGeometry(bytes, at, to, 0);
    if (end === incomplete) return incomplete;
    if (end === unusable) this.outcome = 'malformed';
    else if (this.isOutside) this.outcome = 'outside';
    else this.outcome = this.length > 0 ? 'written' : 'none';
    if (this.outcome !== 'written') this.ewkb.length = 0;
    return end === unusable ? skipValue(bytes, at, to) : end;
  }

  /**
   * Writes a geometry object; nothing when it is empty. Its members may come in any order, so coordinates that come
   * before the type wait for it.
   */
  private scanGeometry(bytes: Buffer, at: number, to: number, depth: number): number {
    if (depth > collectionsMax) return unusable;
    const start = this.length;
    let kind = 0;
    let content = -1;
    let contentKind = 0;
    let i = skipSpace(bytes, at + 1, to);
    if (i < to && bytes[i] === braceOpen + toClosing) return unusable;
    while (i < to) {
      const nameStart = i + 1;
      const nameEnd = scanName(bytes, i, to);
      if (nameEnd === incomplete) return incomplete;
      i = skipColon(bytes, nameEnd + 1, to);
      if (i === incomplete) return incomplete;
      const value = i;
      if (isName(bytes, nameStart, nameEnd, 'type')) {
        i = skipValue(bytes, value, to);
        kind = kindOf(bytes, value, i);
      } else if (isContent(bytes, nameStart, nameEnd, kind)) {
        content = value;
        contentKind = kind;
        this.ewkb.length = start;
        i = kind === 0 ? skipValue(bytes, value, to) : this.scanContent(bytes, value, to, kind, depth);
      } else i = skipValue(bytes, value, to);
      if (i < 0) return i;
      i = skipSpace(bytes, i, to);
      if (i === to) return incomplete;
      if (bytes[i] === braceOpen + toClosing) {
        if (kind === 0 || content === -1) return unusable;
        if (contentKind === kind) return i + 1;
        const scanned = this.scanContent(bytes, content, to, kind, depth);
        return scanned < 0 ? scanned : i + 1;
      }
      if (bytes[i] !== comma) throw new MalformedJson('a comma or a closing brace is expected', i);
      i = skipSpace(bytes, i + 1, to);
    }
    return incomplete;
  }

  /** Writes what a geometry of this kind consists of, with its header, and returns the end of the array. */
  private scanContent(bytes: Buffer, at: number, to: number, kind: number, depth: number): number {
    if (bytes[at] !== bracketOpen) return unusable;
    const start = this.length;
    this.ewkb.beginGeometry(kind, depth === 0);
    const body = this.length;
    const end = this.scanBody(bytes, at, to, kind, depth);
    // Without any position it is empty: no geometry, and no part of one.
    if (this.length === body) this.ewkb.length = start;
    return end;
  }

  private scanBody(bytes: Buffer, at: number, to: number, kind: number, depth: number): number {
    switch (kind) {
      case pointKind:
        return this.scanPoint(bytes, at, to);
      case lineKind:
        return this.scanLine(bytes, at, to, 2);
      case polygonKind:
        return this.scanPolygon(bytes, at, to);
      case collectionKind:
        return this.scanArray(bytes, at, to, (i) =>
          bytes[i] === braceOpen ? this.scanGeometry(bytes, i, to, depth + 1) : unusable,
        );
      default:
        return this.scanArray(bytes, at, to, (i) =>
          bytes[i] === bracketOpen ? this.scanContent(bytes, i, to, kind - multiOf, 1) : unusable,
        );
    }
  }

  /** Scans an array, counting the elements that write something; the count stands before them. */
  private scanArray(bytes: Buffer, at: number, to: number, scanElement: (i: number) => number): number {
    const { ewkb } = this;
    const countAt = ewkb.beginCounted();
    let count = 0;
    let i = skipSpace(bytes, at + 1, to);
    if (i < to && bytes[i] === bracketOpen + toClosing) {
      this.ewkb.length = countAt;
      return i + 1;
    }
    while (i < to) {
      const before = this.length;
      i = scanElement(i);
      if (i < 0) return i;
      if (this.length > before) count++;
      i = skipSpace(bytes, i, to);
      if (i === to) return incomplete;
      if (bytes[i] === bracketOpen + toClosing) {
        if (count === 0) this.ewkb.length = countAt;
        else ewkb.setCount(countAt, count);
        return i + 1;
      }
      if (bytes[i] !== comma) return unusable;
      i = skipSpace(bytes, i + 1, to);
    }
    return incomplete;
  }

  private scanPoint(bytes: Buffer, at: number, to: number): number {
    const next = skipSpace(bytes, at + 1, to);
    if (next < to && bytes[next] === bracketOpen + toClosing) return next + 1;
    const end = this.scanPosition(bytes, at, to);
    if (end > 0 && !(Math.abs(this.position[0]!) <= 180)) this.isOutside = true;
    return end;
  }

  private scanPolygon(bytes: Buffer, at: number, to: number): number {
    return this.scanArray(bytes, at, to, (i) => {
      const start = this.length;
      const end = bytes[i] === bracketOpen ? this.scanLine(bytes, i, to, 3) : unusable;
      return end > 0 && this.length > start ? this.closeRing(start, end) : end;
    });
  }

  /** Makes a ring, whose number of positions stands at `countAt`, end where it begins. */
  private closeRing(countAt: number, end: number): number {
    const { ewkb } = this;
    if (ewkb.isClosed(countAt)) return ewkb.positionsSince(countAt) < 4 ? unusable : end;
    this.hasClosedRing = true;
    ewkb.close(countAt);
    return end;
  }

  /** Writes an array of positions, their number first; one of fewer than `positionsMin`, but not none, is unusable. */
  private scanLine(bytes: Buffer, at: number, to: number, positionsMin: number): number {
    const { ewkb } = this;
    const countAt = ewkb.beginCounted();
    let i = skipSpace(bytes, at + 1, to);
    if (i < to && bytes[i] === bracketOpen + toClosing) {
      this.ewkb.length = countAt;
      return i + 1;
    }
    while (i < to) {
      if (bytes[i] !== bracketOpen) return unusable;
      i = this.scanPosition(bytes, i, to);
      if (i < 0) return i;
      if (i < to && bytes[i] !== comma && bytes[i] !== bracketOpen + toClosing) i = skipSpace(bytes, i, to);
      if (i === to) return incomplete;
      if (bytes[i] === bracketOpen + toClosing) {
        const count = ewkb.positionsSince(countAt);
        ewkb.setCount(countAt, count);
        return count < positionsMin ? unusable : i + 1;
      }
      if (bytes[i] !== comma) return unusable;
      i = skipSpace(bytes, i + 1, to);
    }
    return incomplete;
  }

  /** Writes one position, from its bracket, and returns its end. A third number, and more, are passed over. */
  private scanPosition(bytes: Buffer, at: number, to: number): number {
    const { position } = this;
    let i = skipSpace(bytes, at + 1, to);
    i = scanCoordinate(bytes, i, to, position, 0);
    if (i < 0) return i;
    i = skipSpace(bytes, i, to);
    if (i === to) return incomplete;
    if (bytes[i] !== comma) return unusable;
    i = scanCoordinate(bytes, skipSpace(bytes, i + 1, to), to, position, 1);
    if (i < 0) return i;
    i = skipSpace(bytes, i, to);
    while (i < to && bytes[i] === comma) {
      i = skipSpace(bytes, i + 1, to);
      if (i === to) return incomplete;
      i = skipValue(bytes, i, to);
      if (i === incomplete) return incomplete;
      i = skipSpace(bytes, i, to);
    }
    if (i === to) return incomplete;
    if (bytes[i] !== bracketOpen + toClosing) return unusable;
    this.writePosition();
    return i + 1;
  }

  private writePosition(): void {
    const { position } = this;
    let x = position[0]!;
    let y = position[1]!;
    if (!(x >= -180 && x <= 180 && y >= -90 && y <= 90)) {
      x = position[0] = toEdge(x, 180);
      y = toEdge(y, 90);
      if (!(Math.abs(x) <= 360 && Math.abs(y) <= 90)) this.isOutside = true;
    }
    this.ewkb.writePosition(x, y);
  }
}

/** Whether the member with this name is what a geometry of the kind consists of; any of them where it is not known. */
function isContent(bytes: Buffer, start: number, end: number, kind: number): boolean {
  if (kind !== collectionKind && isName(bytes, start, end, 'coordinates')) return true;
  return (kind === collectionKind || kind === 0) && isName(bytes, start, end, 'geometries');
}

/** Whether a member has this name. */
export function isName(bytes: Buffer, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
  return true;
}

/** The number that EWKB has for the type in a string, quotes included; 0 for what is no type of GeoJSON. */
export function kindOf(bytes: Buffer, start: number, end: number): number {
  if (end < 0 || bytes[start] !== quote || end - start > typeLengthMax) return 0;
  return kinds.get(bytes.toString('latin1', start + 1, end - 1)) ?? 0;
}

function toEdge(value: number, edge: number): number {
  if (value > edge && value <= edge + roundingDegrees) return edge;
  return value < -edge && value >= -edge - roundingDegrees ? -edge : value;
}
