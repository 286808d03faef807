import type { FileHandle } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { SyncError } from '@tidetable/contracts';
import { type Entry, fromFdPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { admitEntry, type EntryKind, tell } from './admit-entry.js';
import type { Archive } from './archive.js';
import { pipeThrough } from './pipe-through.js';
import { copyToScratchFile } from './scratch-file.js';
import { limitBytes, unpackedBytesMax } from './unpack-limits.js';

/** The type of a file in the upper half of its attributes, where the archive was made on Unix. */
const modeMask = 0o170000;
const modeKinds = new Map<number, EntryKind>([
  [0o120000, 'link'],
  [0o040000, 'directory'],
  [0o020000, 'device'],
  [0o060000, 'device'],
  [0o010000, 'device'],
  [0o140000, 'device'],
]);

/** Large pieces, since each is scanned for rows on its own. */
const chunkBytes = 256 * 1024;
const deflated = 8;

/**
 * Lists a zip archive by its central directory, which stands at its end: so it is copied to a scratch file first. Of
 * several members with the same name the last counts, as when they are unpacked. Of a document, whose members are its
 * parts, all are listed; of an archive of files those that nobody could want are not.
 *
 * @throws SyncError `archive-broken`, `archive-unsafe`, `archive-too-large`, or `file-type-unsupported` for a document
 * of an office suite, which is a zip archive too, where files are wanted
 */
export async function readZip(
  content: AsyncIterable<Buffer>,
  bytesMax: number,
  holds: 'files' | 'document' = 'files',
): Promise<Archive> {
  const file = await copyToScratchFile(content);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= file.close());
  try {
    const { zip, entries } = await translated(() => listEntries(file, holds === 'document'));
    return {
      names: [...entries.keys()],
      open: async (name) => readMember(zip, name, entries.get(name)!, bytesMax),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listEntries(
  file: FileHandle,
  isDocument: boolean,
): Promise<{ zip: ZipFile; entries: Map<string, Entry> }> {
  // Names are looked at here rather than there, to tell an unsafe one from a broken archive.
  const zip = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false, decodeStrings: false });
  const entries = new Map<string, Entry>();
  let count = 0;
  for await (const entry of zip.eachEntry()) {
    count++;
    const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
    if (!isDocument && (name === '[Content_Types].xml' || name === 'META-INF/manifest.xml')) {
      throw new SyncError('file-type-unsupported', 'it looks like an Office document');
    }
    if (admitEntry(count, name, kindOf(entry)) || isDocument) entries.set(name, entry);
  }
  return { zip, entries };
}

function kindOf(entry: Entry): EntryKind {
  return modeKinds.get((entry.externalFileAttributes >>> 16) & modeMask) ?? 'file';
}

async function* readMember(
  zip: ZipFile,
  name: string,
  entry: Entry,
  bytesMax: number,
): AsyncGenerator<Buffer, void, void> {
  if (entry.isEncrypted()) throw new SyncError('archive-encrypted', `the member ${tell(name)}`);
  if (!entry.canDecodeFileData()) {
    throw new SyncError(
      'file-type-unsupported',
      `the member ${tell(name)} is packed with method ${entry.compressionMethod}`,
    );
  }
  const max = unpackedBytesMax(entry.compressedSize, bytesMax);
  if (entry.uncompressedSize > max) {
    throw new SyncError('archive-too-large', `at most ${max} bytes are unpacked`);
  }
  const packed = await translated(() => zip.openReadStreamPromise(entry, { decodeFileData: false }));
  const content: AsyncIterable<Buffer> =
    entry.compressionMethod === deflated
      ? pipeThrough(packed as AsyncIterable<Buffer>, createInflateRaw({ chunkSize: chunkBytes }))
      : (packed as AsyncIterable<Buffer>);
  let sum = 0;
  let bytes = 0;
  try {
    for await (const chunk of limitBytes(content, max)) {
      sum = crc32(chunk, sum);
      bytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw translate(error);
  } finally {
    packed.destroy();
  }
  if (bytes !== entry.uncompressedSize) throw new SyncError('archive-broken');
  if (sum !== entry.crc32) {
    throw new SyncError('archive-broken', `the checksum of ${tell(name)} does not fit`);
  }
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(error);
  }
}

/** What the operating system says is our trouble; all else is what the archive's bytes are to blame for. */
function translate(error: unknown): unknown {
  if (error instanceof SyncError || (error instanceof Error && 'syscall' in error)) return error;
  return new SyncError('archive-broken', undefined, { cause: error });
}
