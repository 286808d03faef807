import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** Makes an empty file as the one that `copyToScratchFile` fills. */
export function createScratchFile(): Promise<FileHandle> {
  return copyToScratchFile(Readable.from([]));
}

/**
 * Copies content into a file in the folder for temporary files that has no name any more when this returns: the
 * operating system takes it back when it is closed, or when the process dies of whatever.
 */
export async function copyToScratchFile(content: AsyncIterable<Buffer>): Promise<FileHandle> {
  const path = join(tmpdir(), `tidetable-scratch-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    for await (const chunk of content) await writeWhole(file, chunk);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** One call may write less than it was given. */
async function writeWhole(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    written += (await file.write(chunk, written)).bytesWritten;
  }
}
