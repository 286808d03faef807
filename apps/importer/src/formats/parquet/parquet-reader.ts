import type { FileHandle } from 'node:fs/promises';
import { SyncError } from '@tidetable/contracts';
import { copyToScratchFile } from '../../unpack/scratch-file.js';
import { unpackedBytesMax } from '../../unpack/unpack-limits.js';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { findGeoColumn } from './geo-column.js';
import { type TableColumn, tableColumnsOf } from './open-columns.js';
import { PageMemory, type PageMemoryLimits } from './page-memory.js';
import { type Footer, readFooter } from './read-footer.js';
import { RowReading } from './row-reading.js';
import { RowRecorder } from './row-recorder.js';
import type { ValueLosses } from './write-time.js';

/** What is handed on before there is a pause. */
const batchRowsMax = 1_024;
const batchBytesMax = 1024 * 1024;
/** What shows how the rows of a file are, at most. */
const sampleRowsMax = 500;
const sampleBytesMax = 256 * 1024;

/** How a Parquet file is read. */
export interface ParquetOptions {
  readonly unpackedBytesMax: number;
  readonly signal: AbortSignal;
  /** What its pages may take of memory; what is more is put into the scratch file. */
  readonly memory?: PageMemoryLimits;
}

/**
 * Opens a Parquet or GeoParquet file. It is copied to a scratch file, since it is read from its end, and then page by
 * page: of each column one page is in memory, or a part of it.
 *
 * @throws SyncError `file-unreadable`, `file-too-large`, `archive-encrypted`, `archive-too-large`, `file-without-rows`,
 * `columns-too-many`, `crs-unknown`, `text-encoding-invalid` or `file-type-unsupported`
 */
export async function openParquet(file: OpenableFile, options: ParquetOptions): Promise<TableReader> {
  const copy = await copyToScratchFile(await file.open());
  try {
    const { size } = await copy.stat();
    const footer = readFooter(copy.fd, size);
    const { description } = footer;
    if (description.rows === 0) throw new SyncError('file-without-rows');
    const columns = tableColumnsOf(description.schema, findGeoColumn(description));
    const reader = new ParquetReader(copy, size, footer, columns, options);
    reader.lookAhead();
    return reader;
  } catch (error) {
    await copy.close();
    throw error;
  }
}

class ParquetReader implements TableReader {
  readonly columns: TableReader['columns'];
  readonly geometry: TableReader['geometry'];
  readonly warnings: string[] = [];
  private readonly sample = new RowRecorder();
  private readonly memory: PageMemory;

  constructor(
    private readonly file: FileHandle,
    private readonly fileBytes: number,
    private readonly footer: Footer,
    private readonly tableColumns: readonly TableColumn[],
    private readonly options: ParquetOptions,
  ) {
    this.memory = new PageMemory(file.fd, fileBytes, footer.description.schema.leavesEnd, options.memory);
    this.columns = tableColumns.map(({ node, type }) => ({ header: node.name, type }));
    const geometry = tableColumns.findIndex(({ geo }) => geo !== null);
    this.geometry = geometry === -1 ? undefined : { column: geometry, encoding: 'bytes' };
  }

  /** Learns from the first rows how they are. @throws SyncError when they cannot be read */
  lookAhead(): void {
    this.beginReading().feed(this.sample, sampleRowsMax, sampleBytesMax);
  }

  readSample(sink: RowSink): void {
    this.sample.replay(sink);
  }

  async read(sink: RowSink, pause: () => Promise<void>): Promise<void> {
    const reading = this.beginReading();
    for (let hasMore = true; hasMore;) {
      this.options.signal.throwIfAborted();
      hasMore = reading.feed(sink, batchRowsMax, batchBytesMax);
      await pause();
    }
    this.warnings.splice(0, this.warnings.length, ...describeLosses(reading.losses));
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private beginReading(): RowReading {
    const { description, dataEnd } = this.footer;
    const bytesMax = unpackedBytesMax(this.fileBytes, this.options.unpackedBytesMax);
    return new RowReading(description, this.tableColumns, {
      file: { file: this.file.fd, dataEnd, budget: { bytesMax, bytes: 0 }, memory: this.memory },
      fieldBytesMax: this.options.unpackedBytesMax,
    });
  }
}

function describeLosses({ cutTimes }: ValueLosses): string[] {
  if (cutTimes === 0) return [];
  return [
    `${cutTimes === 1 ? '1 time is' : `${cutTimes} times are`} cut to microseconds; a table cannot keep more.`,
  ];
}
