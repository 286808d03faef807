import { LeftToGdal } from '../gdal/leave-to-gdal.js';
import type { RowSink } from '../row-sink.js';
import type { ReaderColumn, TableReader } from '../table-reader.js';
import { ByteWindow } from './byte-window.js';
import { DbfCells } from './dbf-cells.js';
import { describeShapes } from './describe-shapes.js';
import {
  damagedShapefile,
  RecordWalk,
  recordHeaderBytes,
  type ShapefileParts,
  shapesHeaderBytes,
} from './record-walk.js';
import { multiPatchShape, ShapeScanner } from './shape-scanner.js';

const kindOffset = 32;
/** So many rows form a first opinion. */
const sampleRowsMax = 2_000;
const deleted = 0x2a;
const surfaces = 'it has surfaces of triangles';

/**
 * Reads shapes and records of a shapefile in step, as they come. Rows are told by their number in the file, from 1;
 * those that are marked as deleted are passed over.
 *
 * @throws LeftToGdal for surfaces of triangles
 */
export class ShapefileReader implements TableReader {
  readonly geometry = { column: 0, encoding: 'bytes' } as const;
  readonly columns: readonly ReaderColumn[];
  private ownWarnings: readonly string[] = [];
  private readonly cells: DbfCells;
  private readonly scanner = new ShapeScanner();
  private lostParts = 0;
  private entangled = 0;

  constructor(private readonly parts: ShapefileParts) {
    const { head } = parts.shapes;
    if (head.readInt32LE(kindOffset) === multiPatchShape) throw new LeftToGdal(surfaces);
    this.cells = new DbfCells(parts.header, parts.encoding);
    this.columns = [{ header: null, type: null }, ...this.cells.columns];
  }

  get warnings(): readonly string[] {
    return this.ownWarnings;
  }

  readSample(sink: RowSink): void {
    const { shapes, table, header } = this.parts;
    const records = table.head;
    let at = shapesHeaderBytes;
    let recordAt = header.headerBytes;
    for (let row = 1; row <= sampleRowsMax; row++) {
      if (at + recordHeaderBytes > shapes.head.length || recordAt + header.recordBytes > records.length)
        return;
      const end = at + recordHeaderBytes + 2 * shapes.head.readUInt32BE(at + 4);
      if (end > shapes.head.length) return;
      this.feed(shapes.head, at + recordHeaderBytes, end, records, recordAt, row, sink);
      at = end;
      recordAt += header.recordBytes;
    }
  }

  async read(sink: RowSink, pause: () => Promise<void>): Promise<void> {
    const { shapes, table } = this.parts;
    this.lostParts = 0;
    this.entangled = 0;
    const windows = [new ByteWindow(await shapes.open()), new ByteWindow(await table.open())] as const;
    try {
      const walk = new RecordWalk(this.parts, ...windows);
      await walk.begin();
      while (await walk.next()) {
        walk.takeAtHand((shape, end, record, row) =>
          this.feed(windows[0].bytes, shape, end, windows[1].bytes, record, row, sink),
        );
        await pause();
      }
      await walk.end();
    } finally {
      await Promise.all(windows.map((window) => window.close()));
    }
    this.ownWarnings = describeShapes(this.cells.memos, this.lostParts, this.entangled);
  }

  private feed(
    shapes: Buffer,
    start: number,
    end: number,
    records: Buffer,
    recordAt: number,
    row: number,
    sink: RowSink,
  ): void {
    if (records[recordAt] === deleted) return;
    const { scanner } = this;
    if (!scanner.scan(shapes, start, end)) {
      const isSurface = end - start >= 4 && shapes.readInt32LE(start) === multiPatchShape;
      throw isSurface ? new LeftToGdal(surfaces) : damagedShapefile(`shape ${row} is damaged`);
    }
    if (scanner.hasLostPart) this.lostParts++;
    if (scanner.isEntangled) this.entangled++;
    sink.field(scanner.bytes, 0, scanner.length, false);
    this.cells.feed(records, recordAt, row, sink);
    sink.endRow(row);
  }
}
