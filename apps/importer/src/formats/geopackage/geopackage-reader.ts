import { describeOthers } from '../gdal/judge-file.js';
import type { RowSink } from '../row-sink.js';
import type { ReaderColumn, TableReader } from '../table-reader.js';
import { LayerCells } from './layer-cells.js';
import type { PageFile } from './page-file.js';
import type { GeopackageLayer } from './read-layers.js';
import { TableWalk } from './table-walk.js';

/** So much of the first rows forms a first opinion. */
const sampleRowsMax = 1_000;
const sampleBytesMax = 512 * 1024;

/** A zone at the end of a time. */
const zone = /(Z|[+-]\d\d(:?\d\d)?)$/;

/** Reads a layer of a GeoPackage, whose coordinates are degrees. */
export class GeopackageReader implements TableReader {
  readonly columns: readonly ReaderColumn[];
  readonly geometry: TableReader['geometry'];
  readonly warnings: readonly string[];

  private constructor(
    private readonly file: PageFile,
    private readonly layer: GeopackageLayer,
    private readonly cells: LayerCells,
    /** The first rows. */
    private readonly sample: readonly Buffer[],
    readonly otherLayers: readonly string[],
    readonly close: () => Promise<void>,
  ) {
    this.geometry = layer.geometry === null ? undefined : { column: 0, encoding: 'bytes' };
    this.warnings = describeOthers(otherLayers);
    this.columns = declareZones(cells, sample);
  }

  /**
   * `close` is called when the reader is closed.
   *
   * @throws LeftToGdal
   * @throws SyncError `file-unreadable`
   */
  static async open(
    file: PageFile,
    layer: GeopackageLayer,
    others: readonly string[],
    close: () => Promise<void>,
  ): Promise<GeopackageReader> {
    const cells = new LayerCells(layer);
    const sample: Buffer[] = [];
    let bytes = 0;
    const walk = new TableWalk(file, (row, start, end) => {
      sample.push(Buffer.from(row.subarray(start, end)));
      bytes += end - start;
      return sample.length < sampleRowsMax && bytes < sampleBytesMax;
    });
    await walk.walk(layer.root);
    return new GeopackageReader(file, layer, cells, sample, others, close);
  }

  readSample(sink: RowSink): void {
    this.sample.forEach((row, index) => {
      this.cells.feed(row, 0, row.length, sink);
      sink.endRow(index + 1);
    });
  }

  async read(sink: RowSink, pause: () => Promise<void>): Promise<void> {
    let row = 0;
    const walk = new TableWalk(
      this.file,
      (bytes, start, end) => {
        this.cells.feed(bytes, start, end, sink);
        sink.endRow(++row);
        return true;
      },
      pause,
    );
    await walk.walk(this.layer.root);
    await pause();
  }
}

/** A column of times is one of times without a zone where a time of the first rows has none. */
function declareZones(cells: LayerCells, sample: readonly Buffer[]): ReaderColumn[] {
  const zoneless = new Set<number>();
  let column = 0;
  const nextRow = (): void => void (column = 0);
  const sink: RowSink = {
    field: (bytes, start, end) => {
      const isTime = cells.columns[column]?.type === 'timestamp with time zone';
      if (isTime && end > start && !zone.test(bytes.toString('latin1', start + 10, end)))
        zoneless.add(column);
      column++;
    },
    endRow: nextRow,
    abandonRow: nextRow,
    rejectRow: nextRow,
  };
  for (const row of sample) {
    cells.feed(row, 0, row.length, sink);
    nextRow();
  }
  return cells.columns.map(({ header, type }, index) => ({
    header,
    type: zoneless.has(index) ? 'timestamp without time zone' : type,
  }));
}
