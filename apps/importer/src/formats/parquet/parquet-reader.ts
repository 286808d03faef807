import type { FileHandle } from 'node:fs/promises';
import { SyncError } from '@tidetable/contracts';
import { type FileMetaData, parquetSchema, type RowGroup, type SchemaTree } from 'hyparquet';
import { copyToScratchFile } from '../../unpack/scratch-file.js';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { TextBuffer } from '../text-buffer.js';
import { kindOfColumn, type ValueKind } from './column-kind.js';
import { ColumnReader, jsonOf } from './column-reader.js';
import { damagedFile, decoding } from './damaged-file.js';
import { findGeoColumn, type GeoColumn } from './geo-column.js';
import { readFooter } from './read-footer.js';
import { type StoredValue, type ValueLosses, writeValue } from './write-value.js';
import { writeEwkb, writePoint } from './write-ewkb.js';

/** Rows that are handed on before there is a pause. */
const batchRowsMax = 1_024;

/** A column of the table: where it is in the schema, and how its values are written. */
interface TableColumn {
  readonly node: SchemaTree;
  readonly kind: ValueKind;
}

/**
 * Opens a Parquet or GeoParquet file. It is copied to a scratch file, since it is read from its end, and then page by
 * page: of each column one page is in memory.
 *
 * @throws SyncError `file-unreadable`, `file-too-large`, `archive-encrypted`, `file-without-rows`, `crs-unknown` or
 * `file-type-unsupported`
 */
export async function openParquet(file: OpenableFile, signal: AbortSignal): Promise<TableReader> {
  const copy = await copyToScratchFile(await file.open());
  try {
    const { size } = await copy.stat();
    const metadata = await readFooter(copy, size);
    const schema = decoding(() => parquetSchema(metadata));
    if (!(metadata.num_rows > 0n)) throw new SyncError('file-without-rows');
    return new ParquetReader(copy, metadata, schema, findGeoColumn(metadata, schema), signal);
  } catch (error) {
    await copy.close();
    throw error;
  }
}

const nothing = Buffer.alloc(0);

class ParquetReader implements TableReader {
  readonly columns: TableReader['columns'];
  readonly geometry: TableReader['geometry'];
  readonly warnings: string[] = [];

  private readonly tableColumns: readonly TableColumn[];
  private readonly text = new TextBuffer();
  private losses: ValueLosses = { cutTimes: 0 };
  private brokenGeometries = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly metadata: FileMetaData,
    private readonly schema: SchemaTree,
    private readonly geo: GeoColumn | null,
    private readonly signal: AbortSignal,
  ) {
    const nodes = schema.children.filter(({ element }) => element.name !== geo?.extentColumn);
    const kinds = nodes.map(kindOfColumn);
    this.tableColumns = nodes.map((node, column) => ({ node, kind: kinds[column]!.value }));
    this.columns = nodes.map(({ element }, column) => ({ header: element.name, type: kinds[column]!.type }));
    const geometry = nodes.findIndex(({ element }) => element.name === geo?.name);
    this.geometry = geometry === -1 ? undefined : { column: geometry, encoding: 'bytes' };
  }

  /** The file declares every type, so there is nothing to form an opinion on. */
  readSample(): void {}

  async read(sink: RowSink, pause: () => Promise<void>): Promise<void> {
    this.losses = { cutTimes: 0 };
    this.brokenGeometries = 0;
    let row = 1;
    for (const group of this.metadata.row_groups) row = await this.readGroup(group, row, sink, pause);
    if (BigInt(row) - 1n !== this.metadata.num_rows) throw damagedFile(undefined);
    this.warnings.splice(0, this.warnings.length, ...this.describeLosses());
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async readGroup(
    group: RowGroup,
    firstRow: number,
    sink: RowSink,
    pause: () => Promise<void>,
  ): Promise<number> {
    const readers = this.tableColumns.map(
      ({ node }) => new ColumnReader(this.file, this.schema, node, group, this.losses),
    );
    const end = firstRow + Number(group.num_rows);
    let row = firstRow;
    while (row < end) {
      this.signal.throwIfAborted();
      let count = Math.min(batchRowsMax, end - row);
      for (const reader of readers) count = Math.min(count, await reader.available());
      if (count < 1) throw damagedFile(undefined);
      this.feed(
        readers.map((reader) => reader.take(count)),
        count,
        row,
        sink,
      );
      row += count;
      await pause();
    }
    return row;
  }

  private feed(columns: readonly ArrayLike<unknown>[], rows: number, firstRow: number, sink: RowSink): void {
    for (let i = 0; i < rows; i++) {
      this.text.clear();
      for (let column = 0; column < columns.length; column++) {
        this.feedValue(columns[column]![i], column, sink);
      }
      sink.endRow(firstRow + i);
    }
  }

  private feedValue(value: unknown, column: number, sink: RowSink): void {
    if (value === null || value === undefined) {
      sink.field(nothing, 0, 0, false);
      return;
    }
    const { kind } = this.tableColumns[column]!;
    this.text.begin();
    if (column === this.geometry?.column) this.writeGeometry(value);
    else if (kind.kind === 'nested') this.text.appendText(jsonOf(value));
    else decoding(() => writeValue(this.text, value as StoredValue, kind, this.losses));
    const isText = column !== this.geometry?.column && this.columns[column]!.type === 'text';
    sink.field(this.text.bytes, this.text.piece, this.text.length, isText);
  }

  private writeGeometry(value: unknown): void {
    const { encoding, projection } = this.geo!;
    if (encoding === 'point') {
      const { x, y } = value as { x?: unknown; y?: unknown };
      if (typeof x === 'number' && typeof y === 'number') writePoint(this.text, x, y, projection);
      return;
    }
    if (!(value instanceof Uint8Array)) throw damagedFile(undefined);
    if (!writeEwkb(this.text, value, projection)) this.brokenGeometries++;
  }

  private describeLosses(): string[] {
    const { cutTimes } = this.losses;
    const told: string[] = [];
    if (cutTimes > 0) {
      told.push(
        `${cutTimes === 1 ? '1 time is' : `${cutTimes} times are`} cut to microseconds; a table cannot keep more.`,
      );
    }
    if (this.brokenGeometries > 0) {
      const count = this.brokenGeometries;
      told.push(
        `${count === 1 ? '1 geometry is' : `${count} geometries are`} not well-known binary and empty.`,
      );
    }
    return told;
  }
}
