import { SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile, ReaderColumn, TableReader } from '../table-reader.js';
import { ArrayItems } from './array-items.js';
import { describeWarnings } from './describe-warnings.js';
import { FeatureItems } from './feature-items.js';
import { findRows } from './find-rows.js';
import type { Items } from './items.js';
import { judgeCrs } from './judge-crs.js';
import { JsonScan, type TakeItem } from './json-scan.js';
import type { JsonLayout } from './layout.js';
import { locateMalformed } from './locate-malformed.js';
import { ObjectItems } from './object-items.js';
import { itemBytesMax, readChunks } from './read-chunks.js';
import { RowCells } from './row-cells.js';
import { MalformedJson } from './scan-json.js';

/** How much is kept of rows that brought new columns, so that a first opinion can be formed of these as well. */
const keptBytesMax = 1024 * 1024;

/** What GDAL reads in our stead. */
export type JsonOfGdal = 'geojson' | 'geojson-lines' | 'esrijson';

/** What reading JSON needs besides the file. */
export interface JsonOptions {
  readonly fileName: string;
  /** The name of the list that is to be the table; `null` leaves the choice to us. */
  readonly layer: string | null;
  /** Whether texts may be dates and times. */
  readonly guessesTimes: boolean;
  /** Opens the file with GDAL instead. */
  readonly openWithGdal: (format: JsonOfGdal) => Promise<TableReader>;
}

/**
 * Opens a file of JSON in UTF-8: an array of objects or of arrays, also in an object; objects or arrays one after the
 * other; GeoJSON in any of these forms.
 *
 * The columns are the names of all rows, in the order in which they first appear. Where a row behind the beginning of the
 * file has another one, `columns` is another list after `read`; so it is where only the end of the file shows that the
 * coordinates are no degrees, and GDAL has to read it.
 *
 * @throws SyncError `json-malformed`, `file-without-rows`, `file-type-unsupported`, `columns-too-many`, `crs-unknown`,
 * `layer-unknown`, or what reading with GDAL throws
 */
export async function openJson(file: OpenableFile, options: JsonOptions): Promise<TableReader> {
  try {
    const layout = findRows(file.head, file.isWhole, options);
    if (layout.isEsri) return await options.openWithGdal('esrijson');
    const isForeign = layout.items === 'features' && layout.crs !== null && isNamedReference(layout.crs);
    if (isForeign && isWholeForGdal(layout)) return await options.openWithGdal('geojson');
    const reading = new JsonReading(file, layout, options);
    reading.lookAhead();
    return reading;
  } catch (error) {
    throw error instanceof MalformedJson ? await locateMalformed(file, error) : error;
  }
}

/** Reads one file, as often as it is asked to. */
class JsonReading implements TableReader {
  readonly quotesText = true;
  private ownColumns: readonly ReaderColumn[] = [];
  private ownWarnings: readonly string[] = [];
  private readonly cells: RowCells;
  private readonly items: Items;
  private hasHeader = false;
  /** Rows behind the beginning of the file that brought new columns. */
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  /** Reads the file from when it turned out to be for GDAL. */
  private gdal: TableReader | null = null;

  constructor(
    private readonly file: OpenableFile,
    private readonly layout: JsonLayout,
    private readonly options: JsonOptions,
  ) {
    this.cells = new RowCells(options.guessesTimes);
    this.items = createItems(layout, this.cells);
  }

  get columns(): readonly ReaderColumn[] {
    return this.gdal?.columns ?? this.ownColumns;
  }

  get geometry(): TableReader['geometry'] {
    if (this.gdal !== null) return this.gdal.geometry;
    return this.items instanceof FeatureItems ? { column: 0, encoding: 'bytes' } : undefined;
  }

  get warnings(): readonly string[] {
    return this.gdal?.warnings ?? this.ownWarnings;
  }

  /** Learns from the beginning of the file what columns there are. @throws MalformedJson */
  lookAhead(): void {
    const { items } = this;
    let isFirst = true;
    this.scanHead(nobody, (bytes, start, end) => {
      if (isFirst && items instanceof ArrayItems && items.problem === null) {
        this.hasHeader = items.takeHeader(bytes.toString('utf8', start, end));
      }
      isFirst = false;
    });
    this.ownColumns = items.columns();
  }

  readSample(sink: RowSink): void {
    if (this.gdal !== null) {
      this.gdal.readSample(sink);
      return;
    }
    this.scanHead(sink, this.feeder(sink));
    for (const row of this.kept) {
      this.items.scan(row, 0, row.length);
      this.feed(row, 0, row.length, 1, sink);
    }
  }

  async read(sink: RowSink, pause: () => Promise<void>): Promise<void> {
    if (this.gdal !== null) {
      await this.gdal.read(sink, pause);
      return;
    }
    this.cells.loneHalves = 0;
    if (this.items instanceof FeatureItems) this.items.forgetCounts();
    const isGrown = await this.readRows(sink, pause);
    if (!isGrown) this.ownWarnings = describeWarnings(this.layout, this.cells, this.items);
  }

  async close(): Promise<void> {
    await this.gdal?.close?.();
  }

  /** Reads the whole file; whether there turned out to be other columns, so that nothing that was read counts. */
  private async readRows(sink: RowSink, pause: () => Promise<void>): Promise<boolean> {
    const feed = this.feeder(sink);
    let isGrown = false;
    const scan = new JsonScan(this.layout, this.items, sink, (bytes, start, end, position) => {
      if (this.items.hasGrown()) {
        isGrown = true;
        this.ownColumns = this.items.columns();
        this.keep(bytes, start, end);
      }
      if (!isGrown) feed(bytes, start, end, position);
    });
    let isTooLong = false;
    let base = 0;
    const scanPiece = (bytes: Buffer, atEnd: boolean, begin: number): number | null => {
      base = begin;
      const end = scan.scan(bytes, atEnd);
      isTooLong = bytes.length - end > itemBytesMax;
      return isTooLong ? null : end;
    };
    try {
      await readChunks(this.file, this.layout.offset, scanPiece, pause);
    } catch (error) {
      if (!(error instanceof MalformedJson)) throw error;
      throw await locateMalformed(this.file, new MalformedJson(error.reason, base + error.at, scan.place));
    }
    if (isTooLong) {
      if (!isWholeForGdal(this.layout)) throw tooLong(scan);
      await this.giveToGdal(this.layout.holds === 'array' || scan.count === 0 ? 'geojson' : 'geojson-lines');
      return true;
    }
    const isForeign =
      this.layout.items === 'features' && scan.tail.crs !== null && isNamedReference(scan.tail.crs);
    if (isForeign) await this.giveToGdal('geojson');
    return isGrown || isForeign;
  }

  private async giveToGdal(format: JsonOfGdal): Promise<void> {
    this.gdal = await this.options.openWithGdal(format);
  }

  private scanHead(sink: RowSink, take: TakeItem): void {
    const { head, isWhole } = this.file;
    const { offset } = this.layout;
    const scan = new JsonScan(this.layout, this.items, sink, take);
    try {
      scan.scan(head.subarray(offset), isWhole);
    } catch (error) {
      if (!(error instanceof MalformedJson)) throw error;
      throw new MalformedJson(error.reason, offset + error.at, scan.place);
    }
  }

  /** Feeds items as rows, but for the first one where that is the header. */
  private feeder(sink: RowSink): TakeItem {
    let isHeader = this.hasHeader;
    return (bytes, start, end, position) => {
      if (isHeader) isHeader = false;
      else this.feed(bytes, start, end, position, sink);
    };
  }

  private feed(bytes: Buffer, start: number, end: number, position: number, sink: RowSink): void {
    const { problem } = this.items;
    if (problem !== null) {
      sink.rejectRow(position, problem, bytes, start, end);
      return;
    }
    this.items.feed(bytes, sink);
    sink.endRow(position);
  }

  private keep(bytes: Buffer, start: number, end: number): void {
    if (this.keptBytes + end - start > keptBytesMax) return;
    this.keptBytes += end - start;
    this.kept.push(Buffer.from(bytes.subarray(start, end)));
  }
}

/** Takes nothing. */
const nobody: RowSink = {
  field: () => undefined,
  endRow: () => undefined,
  abandonRow: () => undefined,
  rejectRow: () => undefined,
};

function createItems({ items }: JsonLayout, cells: RowCells): Items {
  switch (items) {
    case 'objects':
      return new ObjectItems(cells);
    case 'arrays':
      return new ArrayItems(cells);
    case 'features':
      return new FeatureItems(cells);
  }
}

/** Whether GDAL would find the rows where we do: in a collection, or in the file itself. */
function isWholeForGdal({ items, holds, enclosing }: JsonLayout): boolean {
  return items === 'features' && (holds === 'sequence' || enclosing.length === 2);
}

/** Whether a `crs` member names another reference system than degrees. @throws SyncError `crs-unknown` */
function isNamedReference(crs: string): boolean {
  const judgement = judgeCrs(crs);
  if (judgement.kind === 'unknown') throw new SyncError('crs-unknown', judgement.detail);
  return judgement.kind === 'named';
}

function tooLong({ place }: JsonScan): SyncError {
  return new SyncError(
    'json-malformed',
    `${place}: it does not end within 32 MiB; a quote or a bracket may be missing`,
  );
}
