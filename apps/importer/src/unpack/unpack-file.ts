import { SyncError } from '@tidetable/contracts';
import { openFile } from '../formats/open-file.js';
import type { OpenableFile } from '../formats/table-reader.js';
import { tell } from './admit-entry.js';
import type { Archive } from './archive.js';
import { chooseMember } from './choose-member.js';
import { readTar } from './read-tar.js';
import { readZip } from './read-zip.js';
import { type Container, recogniseContainer } from './recognise-container.js';
import { depthMax, limitBytes } from './unpack-limits.js';
import { unpackGzip } from './unpack-gzip.js';

/** A file that is not packed any more. */
export interface UnpackedFile {
  readonly file: OpenableFile;
  /** The name of the table's file: a member's own, or the outer one without the extension of what it was packed in. */
  readonly fileName: string;
  /** What else could have been the table, by name. */
  readonly others: readonly string[];
  /** Lets go of what unpacking holds. Idempotent. */
  readonly close: () => Promise<void>;
}

/**
 * Takes a file out of everything it is packed in. Nothing is unpacked to disk: each time the result is opened, its
 * content is unpacked anew as it is read. Only a zip archive is copied, packed, since it is read from its end. A file
 * that is not packed is given back as it is.
 *
 * @throws SyncError `archive-…`, also while the file that is returned is read
 */
export async function unpackFile(
  file: OpenableFile,
  fileName: string,
  bytesMax: number,
  depth = 0,
): Promise<UnpackedFile> {
  const container = recogniseContainer(file.head);
  if (container === null) return { file, fileName, others: [], close: async () => undefined };
  if (depth === depthMax) {
    throw new SyncError('archive-too-large', `files packed more than ${depthMax} times are not unpacked`);
  }
  if (container === 'gzip') {
    const unpacked = await openFile(async () => limitBytes(unpackGzip(await file.open()), bytesMax));
    return unpackFile(unpacked, nameWithin(fileName), bytesMax, depth + 1);
  }
  const archive = await readArchive(container, file, bytesMax);
  try {
    return await unpackMember(archive, bytesMax, depth);
  } catch (error) {
    await archive.close();
    throw error;
  }
}

async function readArchive(
  container: Extract<Container, 'zip' | 'tar'>,
  file: OpenableFile,
  bytesMax: number,
): Promise<Archive> {
  return container === 'zip' ? readZip(await file.open(), bytesMax) : readTar(() => file.open());
}

async function unpackMember(archive: Archive, bytesMax: number, depth: number): Promise<UnpackedFile> {
  const chosen = chooseMember(archive.names);
  if (chosen === null) throw new SyncError('archive-without-table', listed(archive.names));
  const member = await openFile(() => archive.open(chosen.name));
  const baseName = chosen.name.split(/[/\\]/).at(-1)!;
  const inner = await unpackFile(member, baseName, bytesMax, depth + 1);
  return {
    ...inner,
    others: [...inner.others, ...chosen.others],
    close: async () => {
      await inner.close();
      await archive.close();
    },
  };
}

const namesListedMax = 5;

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'it is empty';
  const more = names.length > namesListedMax ? ', …' : '';
  return `it holds ${names.slice(0, namesListedMax).map(tell).join(', ')}${more}`;
}

/** The name of what a compressed file holds: `ports.csv` of `ports.csv.gz`, `ports.tar` of `ports.tgz`. */
function nameWithin(fileName: string): string {
  return fileName.replace(/\.(gz|gzip)$/i, '').replace(/\.tgz$/i, '.tar');
}
