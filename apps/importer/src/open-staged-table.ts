import type { RunStagedV1 } from '@tidetable/contracts';
import type { StagedFileStore } from '@tidetable/staged-files';
import { openCsv } from './formats/csv/csv-reader.js';
import type { ProcessLimits } from './formats/gdal/confined-process.js';
import { openGdal } from './formats/gdal/gdal-reader.js';
import { recogniseFormat } from './formats/recognise-format.js';
import type { OpenableFile, TableReader } from './formats/table-reader.js';

/** How much of a file is looked at to tell what it is and to form an opinion on its columns. */
const headBytes = 1024 * 1024;

/**
 * Opens the table in a staged file with the format that its content shows. `limits` bound the process that reads what
 * is not text; its reader must be closed.
 *
 * @throws SyncError when it is not a file that can be read
 * @throws StagedFileMissingError when it is not there any more
 */
export async function openStagedTable(
  store: StagedFileStore,
  run: RunStagedV1,
  limits: ProcessLimits,
): Promise<TableReader> {
  const { uri, bytes } = run.file;
  const file: OpenableFile = {
    head: await readHead(store, uri),
    bytes,
    open: async () => wholeFile(await store.read(uri), bytes),
  };
  const format = recogniseFormat(file.head);
  return format === 'csv' ? openCsv(file) : openGdal(file, format, limits);
}

/**
 * Passes a file on and makes sure that it is as long as it was when it was staged: a shorter one, after a power cut
 * say, must not become a shorter table.
 */
async function* wholeFile(content: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of content) {
    read += chunk.length;
    yield chunk;
  }
  if (read !== bytes) throw new Error(`the staged file has ${read} bytes instead of ${bytes}`);
}

async function readHead(store: StagedFileStore, uri: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop early closes the stream.
  for await (const chunk of (await store.read(uri)) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= headBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, headBytes);
}
