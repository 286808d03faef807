import { SyncError } from '@tidetable/contracts';
import { listNames } from '../list-names.js';

/** What the customer is told of layers with rows that are not the table. */
export function describeOthers(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`Only the first layer is the table; not read were: ${listNames(names)}.`];
}

/**
 * Refuses KML without rows of its own that links to other KML: what it links to is never fetched.
 *
 * @throws SyncError `kml-only-links`
 */
export function refuseLinksOnly(head: Buffer): void {
  if (/<NetworkLink[\s>][^]*?<href>/.test(head.toString('latin1'))) throw new SyncError('kml-only-links');
}

/**
 * The failure of a GeoJSON file that GDAL read with an error: if the file names a reference system, that is what GDAL
 * did not know, and it took degrees instead.
 */
export function refuseNamedReference(head: Buffer, failure: SyncError): SyncError {
  const name = /"crs"\s*:\s*\{[^{}]*\{\s*"name"\s*:\s*"([^"\\]{1,100})"/.exec(head.toString('latin1'))?.[1];
  return name === undefined ? failure : new SyncError('crs-unknown', name, { cause: failure });
}
