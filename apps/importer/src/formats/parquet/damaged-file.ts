import { SyncError } from '@tidetable/contracts';

/** What is said of a file that does not hold what it says. */
export function damagedFile(cause: unknown): SyncError {
  return new SyncError('file-unreadable', 'it looks like a Parquet file', { cause });
}

/** Does what can fail only because of the file. @throws SyncError `file-unreadable`, or the one that was thrown */
export function decoding<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SyncError ? error : damagedFile(error);
  }
}
