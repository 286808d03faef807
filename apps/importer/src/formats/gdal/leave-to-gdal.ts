import type { ReaderColumn, TableReader } from '../table-reader.js';
import type { RowSink } from '../row-sink.js';

/** Thrown by a reader of ours, when it is opened or while it reads, that met what only GDAL can read. */
export class LeftToGdal extends Error {}

/**
 * Opens a file with a reader of ours, and with GDAL where that leaves it to GDAL. Where it does so only while it reads,
 * `columns` is another list after `read`, and all begins anew.
 *
 * @throws what opening throws, in either way
 */
export async function openOrLeaveToGdal(
  open: () => Promise<TableReader>,
  openWithGdal: () => Promise<TableReader>,
): Promise<TableReader> {
  try {
    return new ReaderInFront(await open(), openWithGdal);
  } catch (error) {
    if (error instanceof LeftToGdal) return openWithGdal();
    throw error;
  }
}

class ReaderInFront implements TableReader {
  constructor(
    private reader: TableReader,
    private readonly openWithGdal: () => Promise<TableReader>,
  ) {}

  get columns(): readonly ReaderColumn[] {
    return this.reader.columns;
  }

  get geometry(): TableReader['geometry'] {
    return this.reader.geometry;
  }

  get warnings(): readonly string[] {
    return this.reader.warnings ?? [];
  }

  readSample(sink: RowSink): void {
    this.reader.readSample(sink);
  }

  async read(sink: RowSink, pause: () => Promise<void>): Promise<void> {
    try {
      await this.reader.read(sink, pause);
    } catch (error) {
      if (!(error instanceof LeftToGdal)) throw error;
      await this.reader.close?.();
      this.reader = await this.openWithGdal();
    }
  }

  async close(): Promise<void> {
    await this.reader.close?.();
  }
}
