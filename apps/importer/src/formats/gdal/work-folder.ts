import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SyncError } from '@tidetable/contracts';
import type { Companions, OpenableFile } from '../table-reader.js';

const prefix = 'tidetable-gdal-';

/** A folder that one reading of a file has for itself. */
export interface WorkFolder {
  readonly path: string;
  /** The file's name in it, fixed but for the extension. */
  readonly fileName: string;
  /** Removes it with all that is in it; may be called again. */
  remove(): Promise<void>;
}

/**
 * Copies a file with its companions into a folder of its own: GDAL must be able to jump about in it and goes by names.
 * Folders that a killed process left behind are removed on the way. Whatever fails, no folder stays.
 *
 * @throws SyncError `archive-too-large`, and what reading the files throws
 */
export async function createWorkFolder(
  file: OpenableFile,
  extension: string,
  signal: AbortSignal,
): Promise<WorkFolder> {
  await removeAbandonedFolders();
  const path = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true });
  const fileName = `source.${extension}`;
  try {
    if (file.companions?.isFolder !== true) {
      await pipeline(await file.open(), createWriteStream(join(path, fileName)), { signal });
    }
    if (file.companions !== undefined) await copyCompanions(file.companions, path, extension, signal);
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, fileName, remove };
}

/** The names of a geodatabase's files, which do not come from GDAL but from the archive. */
const plainName = /^[\w-][\w.-]{0,99}$/;

async function copyCompanions(
  { files, isFolder, bytesMax }: Companions,
  path: string,
  extension: string,
  signal: AbortSignal,
): Promise<void> {
  if (isFolder) await mkdir(join(path, `source.${extension}`));
  let bytes = 0;
  const count = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > bytesMax)
        throw new SyncError('archive-too-large', `at most ${bytesMax} bytes are unpacked`);
      yield chunk;
    }
  };
  for (const [name, open] of files) {
    if (isFolder && !plainName.test(name)) continue;
    const target = isFolder ? join(`source.${extension}`, name) : `source${name}`;
    await pipeline(count(await open()), createWriteStream(join(path, target), { flags: 'wx' }), { signal });
  }
}

async function removeAbandonedFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive all the same.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
