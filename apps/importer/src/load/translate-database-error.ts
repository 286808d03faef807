import { SyncError } from '@tidetable/contracts';
import { DatabaseError } from 'pg';

/**
 * Tells whether the database refused the file's data, which ends the run, or failed us, which is tried again:
 * by SQLSTATE, see "PostgreSQL Error Codes" in its documentation. Returns what to throw.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error.code === undefined) return error;
  switch (error.code) {
    case '54011': // too many columns
      return new SyncError('columns-too-many', undefined, { cause: error });
    case '54000': // a row larger than a page
      return new SyncError('columns-too-many', 'a row would be larger than the database can store', {
        cause: error,
      });
    default:
      // Class 22: a value that the database does not accept. Anything else is not the file's doing.
      return error.code.startsWith('22')
        ? new SyncError('table-load-failed', undefined, { cause: error })
        : error;
  }
}
