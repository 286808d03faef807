import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk of its own for staged files, small enough to be filled. */
export interface StagingDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): void;
  free(): void;
  /** What fetchers have completed and nobody has removed. */
  wholeFiles(): string[];
  /** What fetchers were writing when they died; the sweeper removes such files when they are old. */
  partialFiles(): string[];
}

const diskMegabytes = 64;
const ballast = '.ballast';

/** Mounts the disk. It goes with the mount namespace that this process is in. */
export function mountStagingDisk(folder: string): StagingDisk {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m,mode=0700`, 'tidetable-chaos', folder]);
  const files = (): string[] => readdirSync(folder).filter((name) => name !== ballast);
  return {
    folder,
    fill: () => fill(join(folder, ballast)),
    free: () => rmSync(join(folder, ballast), { force: true }),
    wholeFiles: () => files().filter((name) => !name.startsWith('.')),
    partialFiles: () => files().filter((name) => name.startsWith('.')),
  };
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    // A page at a time at the end, so that not even a small file fits.
    for (const bytes of [1 << 20, 4096]) writeUntilFull(file, Buffer.alloc(bytes, 1));
  } finally {
    closeSync(file);
  }
}

function writeUntilFull(file: number, piece: Buffer): void {
  for (let written = 0; written < diskMegabytes * 2 ** 20; written += piece.length) {
    try {
      writeSync(file, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}
