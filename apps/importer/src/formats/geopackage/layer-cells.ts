import type { DeclaredType } from '../declared-type.js';
import { LeftToGdal } from '../gdal/leave-to-gdal.js';
import type { RowSink } from '../row-sink.js';
import type { ReaderColumn } from '../table-reader.js';
import { TextBuffer } from '../text-buffer.js';
import { findWkb, isWkbEmpty, wkbStart } from './find-wkb.js';
import type { GeopackageLayer } from './read-layers.js';
import { RecordValues } from './record-values.js';
import { writeDouble } from './write-double.js';

const nothing = Buffer.alloc(0);
const yes = Buffer.from('true');
const no = Buffer.from('false');

/** The types that GeoPackage knows, and what becomes of them. Times have their zone in each value. */
const declaredTypes = new Map<string, DeclaredType>([
  ['BOOLEAN', 'boolean'],
  ['TINYINT', 'integer'],
  ['SMALLINT', 'integer'],
  ['MEDIUMINT', 'integer'],
  ['INT', 'bigint'],
  ['INTEGER', 'bigint'],
  ['FLOAT', 'double precision'],
  ['DOUBLE', 'double precision'],
  ['REAL', 'double precision'],
  ['TEXT', 'text'],
  ['BLOB', 'text'],
  ['DATE', 'date'],
  ['DATETIME', 'timestamp with time zone'],
]);

/** A column of the table: what of a record it is, and how it is fed. */
interface Cell {
  readonly index: number;
  readonly isBoolean: boolean;
  readonly isBlob: boolean;
  readonly hasDefault: boolean;
}

/** Feeds the records of a layer to a sink: the geometry first, if there is one, then all other columns but the key. */
export class LayerCells {
  readonly columns: readonly ReaderColumn[];
  private readonly values: RecordValues;
  private readonly cells: readonly Cell[];
  private readonly geometry: number | null;
  private readonly out = new TextBuffer();
  private readonly short = Buffer.allocUnsafeSlow(64);

  /** @throws LeftToGdal for a column of a type that GeoPackage does not know */
  constructor({ table, geometry }: GeopackageLayer) {
    this.values = new RecordValues(table.columns.length);
    this.geometry = geometry?.column ?? null;
    const columns = table.columns
      .map((column, index) => ({ ...column, index, kind: column.type.replace(/\(.*$/, '') }))
      .filter(({ index }) => index !== table.key && index !== this.geometry);
    this.cells = columns.map(({ index, kind, hasDefault }) => ({
      index,
      isBoolean: kind === 'BOOLEAN',
      isBlob: kind === 'BLOB',
      hasDefault,
    }));
    this.columns = [
      ...(geometry === null ? [] : [{ header: null, type: null }]),
      ...columns.map(({ name, kind }) => {
        const type = declaredTypes.get(kind);
        if (type === undefined) throw new LeftToGdal('a column has a type that is none of a GeoPackage');
        return { header: name, type };
      }),
    ];
  }

  /**
   * Feeds the fields of a row.
   *
   * @throws LeftToGdal for values that only GDAL knows to read
   * @throws SyncError `file-unreadable`
   */
  feed(bytes: Buffer, start: number, end: number, sink: RowSink): void {
    const { values, geometry, cells } = this;
    values.find(bytes, start, end);
    if (geometry !== null) this.feedGeometry(bytes, geometry, sink);
    for (const cell of cells) this.feedValue(bytes, cell, sink);
  }

  private feedGeometry(bytes: Buffer, column: number, sink: RowSink): void {
    const { values } = this;
    if (column >= values.count || values.isNothing(column)) {
      sink.field(nothing, 0, 0, false);
      return;
    }
    if (!values.isBlob(column)) throw new LeftToGdal('a geometry is no bytes');
    const end = values.ends[column]!;
    findWkb(bytes, values.starts[column]!, end);
    if (isWkbEmpty) sink.field(nothing, 0, 0, false);
    else sink.field(bytes, wkbStart, end, false);
  }

  private feedValue(bytes: Buffer, { index, isBoolean, isBlob, hasDefault }: Cell, sink: RowSink): void {
    const { values } = this;
    if (index >= values.count) {
      if (hasDefault) throw new LeftToGdal('rows are older than a column');
      sink.field(nothing, 0, 0, false);
    } else if (values.isNothing(index)) sink.field(nothing, 0, 0, false);
    else if (values.isText(index)) feedText(bytes, values.starts[index]!, values.ends[index]!, sink);
    else if (values.isBlob(index)) {
      if (!isBlob) throw new LeftToGdal('a text is no text');
      this.feedAscii(`\\x${bytes.toString('hex', values.starts[index], values.ends[index])}`, sink);
    } else if (values.isInteger(index)) {
      const value = values.integer(bytes, index);
      if (isBoolean && value === 0) sink.field(no, 0, no.length, false);
      else if (isBoolean && value === 1) sink.field(yes, 0, yes.length, false);
      else if (typeof value === 'number') this.feedDouble(value, sink);
      else this.feedAscii(String(value), sink);
    } else this.feedDouble(values.double(bytes, index), sink);
  }

  private feedAscii(text: string, sink: RowSink): void {
    const { out } = this;
    out.clear();
    out.appendAscii(text);
    sink.field(out.bytes, 0, out.length, false);
  }

  private feedDouble(value: number, sink: RowSink): void {
    const { short } = this;
    const start = writeDouble(short, value);
    if (start === -1) this.feedAscii(String(value), sink);
    else sink.field(short, start, short.length, false);
  }
}

/** A text ends at the first NUL, as it does for everything that reads SQLite. Empty text is not nothing. */
function feedText(bytes: Buffer, start: number, end: number, sink: RowSink): void {
  let textEnd = start;
  while (textEnd < end && bytes[textEnd] !== 0) textEnd++;
  sink.field(bytes, start, textEnd, start === textEnd);
}
