import { SyncError } from '@tidetable/contracts';
import { listNames } from '../formats/list-names.js';
import { openFile } from '../formats/open-file.js';
import type { OpenableFile } from '../formats/table-reader.js';
import type { Archive } from './archive.js';
import { chooseMember, findMember, kmzRoot } from './choose-member.js';
import type { MemberGroup } from './group-members.js';
import { readTar } from './read-tar.js';
import { readZip } from './read-zip.js';
import { type Compression, type Container, recogniseContainer } from './recognise-container.js';
import { companionsMax, depthMax, limitBytes } from './unpack-limits.js';
import { unpackBzip2 } from './unpack-bzip2.js';
import { unpackGzip } from './unpack-gzip.js';
import { unpackZstd } from './unpack-zstd.js';

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

/** What unpacking may give, and which of several members is wanted. */
export interface UnpackingOptions {
  readonly bytesMax: number;
  /** The member of the archive that was asked for; `null` leaves the choice to its name. */
  readonly member: string | null;
}

/**
 * Takes a file out of everything it is packed in. Nothing is unpacked to disk: each time the result is opened, its
 * content is unpacked anew as it is read. Only a zip archive is copied, packed, since it is read from its end. A file
 * that is not packed is given back as it is.
 *
 * @throws SyncError `archive-…`, also while the file that is returned is read; `member-unknown`
 */
export async function unpackFile(
  file: OpenableFile,
  fileName: string,
  options: UnpackingOptions,
  depth = 0,
): Promise<UnpackedFile> {
  const container = recogniseContainer(file.head);
  if (container === null) {
    if (options.member !== null && options.member !== fileName) {
      throw new SyncError('member-unknown', 'the file is no archive of several');
    }
    return { file, fileName, others: [], close: async () => undefined };
  }
  if (depth === depthMax) {
    throw new SyncError('archive-too-large', `files packed more than ${depthMax} times are not unpacked`);
  }
  if (container !== 'zip' && container !== 'tar') {
    const unpack = decompressors[container];
    const unpacked = await openFile(async () => limitBytes(unpack(await file.open()), options.bytesMax));
    return unpackFile(unpacked, nameWithin(fileName), options, depth + 1);
  }
  const archive = await readArchive(container, file, options.bytesMax);
  try {
    return await unpackMember(archive, fileName, options, depth);
  } catch (error) {
    await archive.close();
    throw error;
  }
}

const decompressors: Record<Compression, (content: AsyncIterable<Buffer>) => AsyncIterable<Buffer>> = {
  gzip: unpackGzip,
  bzip2: unpackBzip2,
  zstd: unpackZstd,
};

async function readArchive(
  container: Exclude<Container, Compression>,
  file: OpenableFile,
  bytesMax: number,
): Promise<Archive> {
  return container === 'zip' ? readZip(await file.open(), bytesMax) : readTar(() => file.open());
}

async function unpackMember(
  archive: Archive,
  archiveName: string,
  options: UnpackingOptions,
  depth: number,
): Promise<UnpackedFile> {
  const { member: asked, bytesMax } = options;
  const chosen = asked === null ? chooseMember(archive.names) : findMember(archive.names, asked);
  if (chosen === null) throw new SyncError('archive-without-table', listed(archive.names));
  const { member, others, within } = chosen;
  const file = await openMember(archive, member, bytesMax);
  const close = (): Promise<void> => archive.close();
  const fileName = nameOf(member, archiveName);
  if (file.companions !== undefined) return { file, fileName, others, close };

  const inner = await unpackFile(file, fileName, { bytesMax, member: within }, depth + 1);
  return {
    ...inner,
    others: [...inner.others, ...others],
    close: async () => {
      await inner.close();
      await close();
    },
  };
}

async function openMember(archive: Archive, member: MemberGroup, bytesMax: number): Promise<OpenableFile> {
  const file = await openFile(() => archive.open(member.main));
  if (member.companions.size === 0) return file;
  if (member.companions.size > companionsMax) {
    throw new SyncError('archive-too-large', `at most ${companionsMax} files are one table together`);
  }
  const files = [...member.companions].map(([name, part]) => [name, () => archive.open(part)] as const);
  return { ...file, companions: { files: new Map(files), isFolder: member.isFolder, bytesMax } };
}

/** A geodatabase at the root of its archive, or the document of a KMZ file, is called as the archive is. */
function nameOf({ name, main, isFolder }: MemberGroup, archiveName: string): string {
  const last = name.split(/[/\\]/).at(-1)!;
  if (name !== kmzRoot && !(isFolder && name === main)) return last;
  return archiveName.replace(/\.(zip|kmz|tar)$/i, '');
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'it is empty' : `it holds ${listNames(names)}`;
}

/** The name of what a compressed file holds: `ports.csv` of `ports.csv.gz`, `ports.tar` of `ports.tgz`. */
function nameWithin(fileName: string): string {
  return fileName.replace(/\.(gz|gzip|bz2|zst|zstd)$/i, '').replace(/\.t(gz|bz2?|zst)$/i, '.tar');
}
