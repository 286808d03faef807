import type { RunStagedV1 } from '@tidetable/contracts';
import type { StagedFileStore } from '@tidetable/staged-files';
import { openCsv } from './formats/csv/csv-reader.js';
import { decodeText } from './formats/csv/decode-text.js';
import type { ProcessLimits } from './formats/gdal/confined-process.js';
import { openGdal } from './formats/gdal/gdal-reader.js';
import { openDocument } from './formats/xlsx/open-document.js';
import { openXlsx } from './formats/xlsx/xlsx-reader.js';
import { openFile } from './formats/open-file.js';
import { recogniseFormat } from './formats/recognise-format.js';
import { refuseEncrypted } from './formats/refuse-encrypted.js';
import type { OpenableFile, TableReader } from './formats/table-reader.js';
import { describeOthers } from './unpack/describe-others.js';
import { unpackFile } from './unpack/unpack-file.js';
import { unpackedBytesMax } from './unpack/unpack-limits.js';

/** A table ready to be read, with what is worth telling about how it was found. */
export interface OpenedTable {
  readonly reader: TableReader;
  /** The name of the file that the table is in, which may have been inside of an archive. */
  readonly fileName: string;
  /** Sentences for the report, complete once the table has been read. */
  readonly remarks: () => string[];
  /** Lets go of what reading holds. Idempotent. */
  readonly close: () => Promise<void>;
}

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
  run: RunStagedV1,
  limits: ReadingLimits,
): Promise<OpenedTable> {
  const { uri, bytes } = run.file;
  const staged = await openFile(async () => wholeFile(await store.read(uri), bytes, limits.reader.signal));
  const unpacked = await unpackFile(staged, run.fileName, unpackedBytesMax(bytes, limits.unpackedBytesMax));
  try {
    const { reader, remarks } = await openFormat(unpacked.file, limits);
    return {
      reader,
      fileName: unpacked.fileName,
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
  file: OpenableFile,
  limits: ReadingLimits,
): Promise<{ reader: TableReader; remarks: () => readonly string[] }> {
  const format = recogniseFormat(file.head);
  switch (format) {
    case 'csv': {
      const text = decodeText(file);
      return { reader: openCsv(text), remarks: () => describeEncoding(text.encoding()) };
    }
    case 'xlsx': {
      const reader = await openWorkbook(file, limits);
      return { reader, remarks: () => reader.warnings ?? [] };
    }
    default: {
      if (format === 'xls') await refuseEncrypted(file);
      const reader = await openGdal(file, format, limits.reader);
      return { reader, remarks: () => reader.warnings ?? [] };
    }
  }
}

/** A workbook is an archive, whose parts are jumped to. */
async function openWorkbook(file: OpenableFile, limits: ReadingLimits): Promise<TableReader> {
  const document = await openDocument(await file.open(), limits.unpackedBytesMax);
  try {
    const reader = await openXlsx(document, { signal: limits.reader.signal });
    return {
      columns: reader.columns,
      warnings: reader.warnings ?? [],
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
