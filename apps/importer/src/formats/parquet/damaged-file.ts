import { SyncError } from '@tidetable/contracts';

/** What is said of a file that does not hold what it says; `where` names the place, if it is known. */
export function damagedFile(cause: unknown, where?: string): SyncError {
  const place = where === undefined ? '' : `, ${where}`;
  return new SyncError('file-unreadable', `it looks like a Parquet file${place}`, { cause });
}

/** What is said of a file that is written in a way which is not read. */
export function unsupportedFile(what: string): SyncError {
  return new SyncError('file-type-unsupported', `it is a Parquet file ${what}`);
}

/**
 * What an error means that was met while a file was decoded: damage, unless it says what is wrong by itself, or the
 * operating system refused something, which is not the file's fault.
 */
export function meaningOf(error: unknown, where?: string): unknown {
  const isOurs = error instanceof SyncError || (error instanceof Error && 'syscall' in error);
  return isOurs ? error : damagedFile(error, where);
}

/** Does what can fail only because of the file. @throws SyncError `file-unreadable`, or the one that was thrown */
export function decoding<T>(work: () => T, where?: string): T {
  try {
    return work();
  } catch (error) {
    throw meaningOf(error, where);
  }
}
