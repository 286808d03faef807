import { SyncError } from '@tidetable/contracts';
import type { Archive } from '../../unpack/archive.js';
import { readZip } from '../../unpack/read-zip.js';

/**
 * Opens the archive that a workbook is. What is wrong with it is told of the file, since nobody thinks of a workbook as
 * an archive.
 *
 * @throws SyncError `file-unreadable`, `archive-too-large`, `archive-unsafe` or `archive-encrypted`
 */
export async function openDocument(content: AsyncIterable<Buffer>, bytesMax: number): Promise<Archive> {
  const archive = await readZip(content, bytesMax, 'document').catch((error: unknown) => {
    throw translate(error);
  });
  return { ...archive, open: async (name) => readPart(await archive.open(name)) };
}

async function* readPart(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  try {
    yield* content;
  } catch (error) {
    throw translate(error);
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof SyncError) || error.code !== 'archive-broken') return error;
  return new SyncError('file-unreadable', 'it looks like an Excel workbook', { cause: error });
}
