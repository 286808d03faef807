import type { RunStagedV1 } from '@tidetable/contracts';
import type { StagedFileStore } from '@tidetable/staged-files';
import { openCsv } from './formats/csv/csv-reader.js';
import { decodeText } from './formats/csv/decode-text.js';
import { openFile } from './formats/open-file.js';
import { recogniseFormat } from './formats/recognise-format.js';
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
  unpackedMax: number,
  signal: AbortSignal,
): Promise<OpenedTable> {
  const { uri, bytes } = run.file;
  const staged = await openFile(async () => wholeFile(await store.read(uri), bytes, signal));
  const unpacked = await unpackFile(staged, run.fileName, unpackedBytesMax(bytes, unpackedMax));
  const { fileName, close } = unpacked;
  try {
    const { reader, remarks } = openFormat(unpacked.file);
    return {
      reader,
      fileName,
      remarks: () => [...describeOthers(unpacked.others), ...remarks()],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function openFormat(file: OpenableFile): { reader: TableReader; remarks: () => string[] } {
  const format = recogniseFormat(file.head);
  switch (format) {
    case 'csv': {
      const text = decodeText(file);
      return { reader: openCsv(text), remarks: () => describeEncoding(text.encoding()) };
    }
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
