import { SyncError } from '@tidetable/contracts';
import { DatabaseError } from 'pg';

/**
 * Tells whether the database refused the file's data, which ends the run, or failed us, which is tried again:
 * by SQLSTATE, see "PostgreSQL Error Codes" in its documentation. Returns what to throw.
 *
 * `hasGeometry`: the database computed with geometries of the file, and PostGIS says no more than "internal error" of
 * those that it cannot work with.
 */
export function translateDatabaseError(error: unknown, hasGeometry = false): unknown {
  if (!(error instanceof DatabaseError) || error.code === undefined) return error;
  switch (error.code) {
    case '54011': // too many columns
      return new SyncError('columns-too-many', undefined, { cause: error });
    case '54000': // a row larger than a page
      return new SyncError('columns-too-many', 'a row would be larger than the database can store', {
        cause: error,
      });
    case 'XX000':
      if (!hasGeometry) return error;
      return new SyncError('table-load-failed', 'a geometry cannot be put on the map', { cause: error });
    default:
      // Class 22: a value that the database does not accept. Anything else is not the file's doing.
      return error.code.startsWith('22')
        ? new SyncError('table-load-failed', undefined, { cause: error })
        : error;
  }
}
