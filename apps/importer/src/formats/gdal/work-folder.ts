import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { OpenableFile } from '../table-reader.js';

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
 * Copies a staged file into a folder of its own: GDAL must be able to jump about in it and goes by its extension.
 * Folders that a killed process left behind are removed on the way. Whatever fails, no folder stays.
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
    await pipeline(await file.open(), createWriteStream(join(path, fileName)), { signal });
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, fileName, remove };
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
