import { SyncError } from '@tidetable/contracts';

/** A GeoPackage of which something is wrong. */
export function damagedGeopackage(what: string): SyncError {
  return new SyncError('file-unreadable', `it looks like a GeoPackage; ${what}`);
}
