import { SyncError } from '@tidetable/contracts';
import type { OpenableFile } from '../table-reader.js';
import type { ByteWindow } from './byte-window.js';
import type { DbfHeader } from './read-dbf-header.js';
import type { ShapeIndex } from './read-shape-index.js';

/** What stands before all shapes in a .shp. */
export const shapesHeaderBytes = 100;
/** What stands before each shape: its number and its length. */
export const recordHeaderBytes = 8;
/** A geometry larger than this would not fit into a row either. */
const shapeBytesMax = 256 * 1024 * 1024;

const blank = 0x20;
const deleted = 0x2a;

/** The parts of a shapefile, opened. */
export interface ShapefileParts {
  readonly shapes: OpenableFile;
  readonly table: OpenableFile;
  readonly header: DbfHeader;
  /** The encoding of its texts. */
  readonly encoding: string;
  /** `null` where there is none. */
  readonly index: ShapeIndex | null;
}

/** Takes `shape` and `end`, where a shape stands in the bytes at hand, and `record`, where its record does. */
export type TakeRecord = (shape: number, end: number, record: number, row: number) => void;

/**
 * Walks through the shapes of a .shp and the records of a .dbf in step. No number in a header is believed: how many there
 * are is what comes, and it has to be as many of both.
 *
 * @throws SyncError `file-unreadable`
 */
export class RecordWalk {
  /** How many were taken. */
  private row = 0;
  private position = shapesHeaderBytes;
  /** Where the .shp ends by its own header. */
  private declaredEnd = 0;

  constructor(
    private readonly parts: ShapefileParts,
    private readonly shapes: ByteWindow,
    private readonly table: ByteWindow,
  ) {}

  /** Passes over the headers. */
  async begin(): Promise<void> {
    const { shapes, table } = this;
    const { headerBytes } = this.parts.header;
    if (!(await shapes.fill(shapesHeaderBytes))) throw damagedShapefile('the .shp ends early');
    if (!(await table.fill(headerBytes))) throw damagedShapefile('the .dbf ends early');
    this.declaredEnd = 2 * shapes.bytes.readUInt32BE(shapes.at + 24);
    shapes.at += shapesHeaderBytes;
    table.at += headerBytes;
  }

  /** Waits for the next shape and record; false where there are no more shapes. */
  async next(): Promise<boolean> {
    const { shapes, table, row } = this;
    const { index, header } = this.parts;
    if (index === null ? this.position === this.declaredEnd : row === index.shapes) return false;
    if (!(await shapes.fill(recordHeaderBytes))) {
      if (index === null) return false;
      throw damagedShapefile(`the .shp ends behind shape ${row}`);
    }
    const size = this.shapeBytes();
    if (size > shapeBytesMax) throw damagedShapefile(`shape ${row + 1} is longer than 256 MiB`);
    if (!(await shapes.fill(recordHeaderBytes + size))) {
      throw damagedShapefile(`the .shp ends within shape ${row + 1}`);
    }
    if (!(await table.fill(header.recordBytes))) {
      throw damagedShapefile(`the .dbf ends behind row ${row}, and the .shp goes on`);
    }
    return true;
  }

  /** Hands on all that are at hand as a whole. */
  takeAtHand(take: TakeRecord): void {
    const { shapes, table } = this;
    const { index, header } = this.parts;
    const { recordBytes } = header;
    const last = index?.shapes ?? Infinity;
    while (this.row < last && table.has(recordBytes) && shapes.has(recordHeaderBytes)) {
      if (index === null && this.position === this.declaredEnd) return;
      const size = recordHeaderBytes + this.shapeBytes();
      if (!shapes.has(size)) return;
      this.row++;
      take(shapes.at + recordHeaderBytes, shapes.at + size, table.at, this.row);
      shapes.at += size;
      table.at += recordBytes;
      this.position += size;
    }
  }

  /** Makes sure that nothing is missing of what the file seems to have had. */
  async end(): Promise<void> {
    const { table, row } = this;
    const { index, header } = this.parts;
    if (index !== null && this.position !== index.end)
      throw damagedShapefile('the .shx does not fit to the .shp');
    if (index === null && this.position < this.declaredEnd) {
      throw damagedShapefile(`the .shp ends behind shape ${row}`);
    }
    const hasMore = header.records > row && (await table.fill(header.recordBytes));
    const mark = hasMore ? table.bytes[table.at] : 0;
    if (mark === blank || mark === deleted) {
      throw damagedShapefile(`the .shp ends behind shape ${row}, and the .dbf goes on`);
    }
  }

  private shapeBytes(): number {
    return 2 * this.shapes.bytes.readUInt32BE(this.shapes.at + 4);
  }
}

/** A shapefile of which something is wrong. */
export function damagedShapefile(what: string): SyncError {
  return new SyncError('file-unreadable', `it looks like a shapefile; ${what}`);
}
