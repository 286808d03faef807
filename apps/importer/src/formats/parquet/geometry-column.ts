import { EwkbWriter } from '../ewkb-writer.js';
import type { TextBuffer } from '../text-buffer.js';
import type { LeafCursor } from './leaf-cursor.js';
import { type RowColumn, rowBytesMax } from './row-column.js';

const sridFlag = 0x2000_0000;
const degreesSrid = 4326;
/** Byte order and type. */
const headBytes = 5;
const pointKind = 1;

/**
 * A column of geometries in well-known binary, as they lie in their page where they are in degrees. Where they are in
 * another reference system each is told its number, as EWKB has it, unless it names one of its own.
 */
export class WkbColumn implements RowColumn {
  readonly isText = false;
  readonly problem = null;
  isNull = false;
  isTooLong = false;
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  constructor(
    private readonly leaf: LeafCursor,
    private readonly srid: number,
    private readonly out: TextBuffer,
  ) {}

  advance(): void {
    const { leaf } = this;
    leaf.next();
    this.isNull = !leaf.hasValue;
    if (this.isNull) return;
    const { bytes, start, end } = leaf.values!;
    this.isTooLong = end - start > rowBytesMax;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    if (this.srid !== degreesSrid && !this.isTooLong && end - start >= headBytes) this.nameReference();
  }

  private nameReference(): void {
    const { bytes, start, end, out, srid } = this;
    const isLittle = bytes[start] === 1;
    const type = isLittle ? bytes.readUInt32LE(start + 1) : bytes.readUInt32BE(start + 1);
    // What is no byte order is no geometry, which whoever reads it counts.
    if ((type & sridFlag) !== 0 || bytes[start]! > 1) return;
    out.begin();
    out.reserve(end - start + 4);
    const at = out.length;
    out.bytes[at] = bytes[start]!;
    const named = (type | sridFlag) >>> 0;
    if (isLittle) {
      out.bytes.writeUInt32LE(named, at + 1);
      out.bytes.writeUInt32LE(srid, at + headBytes);
    } else {
      out.bytes.writeUInt32BE(named, at + 1);
      out.bytes.writeUInt32BE(srid, at + headBytes);
    }
    out.length += headBytes + 4;
    out.append(bytes, start + headBytes, end);
    this.bytes = out.bytes;
    this.start = out.piece;
    this.end = out.length;
  }
}

/** A column of points that are structures of coordinates. */
export class PointColumn implements RowColumn {
  readonly isText = false;
  readonly problem = null;
  readonly isTooLong = false;
  readonly start = 0;
  isNull = false;
  private readonly writer: EwkbWriter;

  constructor(
    private readonly x: LeafCursor,
    private readonly y: LeafCursor,
    srid: number,
  ) {
    this.writer = new EwkbWriter(srid);
  }

  get bytes(): Buffer {
    return this.writer.bytes;
  }

  get end(): number {
    return this.writer.length;
  }

  advance(): void {
    const { x, y, writer } = this;
    x.next();
    y.next();
    this.isNull = !x.hasValue || !y.hasValue;
    if (this.isNull) return;
    writer.length = 0;
    writer.beginGeometry(pointKind, true);
    writer.writePosition(
      x.values!.bytes.readDoubleLE(x.values!.start),
      y.values!.bytes.readDoubleLE(y.values!.start),
    );
  }
}
