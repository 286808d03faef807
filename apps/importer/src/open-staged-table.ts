import { type RunStagedV1, SyncError } from '@tidetable/contracts';
import type { StagedFileStore } from '@tidetable/staged-files';
import { openCsv } from './formats/csv/csv-reader.js';
import { decodeText } from './formats/csv/decode-text.js';
import type { ProcessLimits } from './formats/gdal/confined-process.js';
import { openGdal } from './formats/gdal/gdal-reader.js';
import { openGeopackage } from './formats/geopackage/open-geopackage.js';
import { openJson } from './formats/json/json-reader.js';
import { openDocument } from './formats/xlsx/open-document.js';
import { openXlsx } from './formats/xlsx/xlsx-reader.js';
import { openParquet } from './formats/parquet/parquet-reader.js';
import { openFile } from './formats/open-file.js';
import { type Format, recogniseFormat } from './formats/recognise-format.js';
import { refuseEncrypted } from './formats/refuse-encrypted.js';
import { namesCoordSys } from './formats/recognise-mapinfo.js';
import { openShapefile } from './formats/shapefile/open-shapefile.js';
import type { OpenableFile, TableReader } from './formats/table-reader.js';
import { describeOthers } from './unpack/describe-others.js';
import { type UnpackedFile, unpackFile } from './unpack/unpack-file.js';
import { unpackedBytesMax } from './unpack/unpack-limits.js';

/** A table ready to be read, with what is worth telling about how it was found. */
export interface OpenedTable {
  readonly reader: TableReader;
  readonly format: Format;
  /** The name of the file that the table is in, which may have been inside of an archive. */
  readonly fileName: string;
  /** What else in the archive could have been the table, by name. */
  readonly otherMembers: readonly string[];
  /** Sentences for the report, complete once the table has been read. */
  readonly remarks: () => string[];
  /** Lets go of what reading holds. Idempotent. */
  readonly close: () => Promise<void>;
}

/** A file in the store, and how it is to be read. */
export type StagedTable = Pick<RunStagedV1, 'file' | 'fileName' | 'options'>;

/** What reading a file may take. */
export interface ReadingLimits {
  readonly unpackedBytesMax: number;
  /** Of the process that reads what is not text. */
  readonly reader: ProcessLimits;
}

/**
 * Opens the table in a staged file: unpacked, with the format that its content shows, as UTF-8 if it is text. Whoever
 * gets it closes it.
 *
 * @throws SyncError when it is not a file that can be read
 * @throws StagedFileMissingError when it is not there any more
 */
export async function openStagedTable(
  store: StagedFileStore,
  run: StagedTable,
  limits: ReadingLimits,
): Promise<OpenedTable> {
  const { uri, bytes } = run.file;
  const staged = await openFile(async () => wholeFile(await store.read(uri), bytes, limits.reader.signal));
  const unpacked = await unpackFile(staged, run.fileName, {
    bytesMax: unpackedBytesMax(bytes, limits.unpackedBytesMax),
    member: run.options.member ?? null,
  });
  try {
    const { file } = unpacked;
    const format = file.companions?.isFolder === true ? 'file-geodatabase' : recogniseFormat(file.head);
    const { reader, remarks } = await openFormat(unpacked, format, run.options, limits);
    return {
      reader,
      format,
      fileName: unpacked.fileName,
      otherMembers: unpacked.others,
      remarks: () => [...describeOthers(unpacked.others), ...remarks()],
      close: async () => {
        await reader.close?.();
        await unpacked.close();
      },
    };
  } catch (error) {
    await unpacked.close();
    throw error;
  }
}

async function openFormat(
  { file, fileName }: UnpackedFile,
  format: Format,
  options: RunStagedV1['options'],
  limits: ReadingLimits,
): Promise<{ reader: TableReader; remarks: () => readonly string[] }> {
  const layer = options.layer ?? null;
  switch (format) {
    case 'csv': {
      if (layer !== null) throw new SyncError('layer-unknown', 'it is text, which has no layers');
      const text = decodeText(file);
      return { reader: openCsv(text), remarks: () => describeEncoding(text.encoding()) };
    }
    case 'json': {
      const text = decodeText(file);
      const reader = await openJson(text, {
        fileName,
        layer,
        guessesTimes: options.typeGuessing && options.quotedFieldsGuessing,
        openWithGdal: (jsonFormat) => openGdal(text, jsonFormat, limits.reader),
      });
      return { reader, remarks: () => [...describeEncoding(text.encoding()), ...(reader.warnings ?? [])] };
    }
    case 'parquet':
      if (layer !== null) throw new SyncError('layer-unknown', 'a Parquet file has no layers');
      return withItsWarnings(
        await openParquet(file, { unpackedBytesMax: limits.unpackedBytesMax, signal: limits.reader.signal }),
      );
    case 'xlsx':
      return withItsWarnings(await openWorkbook(file, layer, limits));
    case 'shapefile': {
      if (layer !== null) throw new SyncError('layer-unknown', 'a shapefile has one layer without a name');
      return withItsWarnings(await openShapefile(file, limits.reader));
    }
    case 'geopackage':
      return withItsWarnings(await openGeopackage(file, limits.reader, layer));
    case 'mapinfo-interchange': {
      const reference = namesCoordSys(file.head) ? {} : { reference: 'EPSG:4326' };
      return withItsWarnings(await openGdal(file, format, limits.reader, { layer, ...reference }));
    }
    default: {
      if (format === 'xls') await refuseEncrypted(file);
      return withItsWarnings(await openGdal(file, format, limits.reader, { layer }));
    }
  }
}

/** A workbook is an archive, whose parts are jumped to. */
async function openWorkbook(
  file: OpenableFile,
  layer: string | null,
  limits: ReadingLimits,
): Promise<TableReader> {
  const document = await openDocument(await file.open(), limits.unpackedBytesMax);
  try {
    const reader = await openXlsx(document, { layer: layer ?? undefined, signal: limits.reader.signal });
    return {
      columns: reader.columns,
      warnings: reader.warnings ?? [],
      otherLayers: reader.otherLayers ?? [],
      readSample: (sink) => reader.readSample(sink),
      read: (sink, pause) => reader.read(sink, pause),
      close: async () => {
        await reader.close?.();
        await document.close();
      },
    };
  } catch (error) {
    await document.close();
    throw error;
  }
}

function withItsWarnings(reader: TableReader): { reader: TableReader; remarks: () => readonly string[] } {
  return { reader, remarks: () => reader.warnings ?? [] };
}

function describeEncoding(encoding: string | null): string[] {
  return encoding === null ? [] : [`The file is not UTF-8; it was read as ${encoding}.`];
}

/**
 * Passes a file on and makes sure that it is as long as it was when it was staged: a shorter one, after a power cut
 * say, must not become a shorter table.
 */
async function* wholeFile(
  content: AsyncIterable<Buffer>,
  bytes: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of content) {
    // Looking through an archive can take long.
    signal.throwIfAborted();
    read += chunk.length;
    yield chunk;
  }
  if (read !== bytes) throw new Error(`the staged file has ${read} bytes instead of ${bytes}`);
}
