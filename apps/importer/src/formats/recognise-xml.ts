import { SyncError } from '@tidetable/contracts';
import type { GdalFormat } from './gdal/gdal-format.js';

/** Where the root element is looked for, in characters. */
const rootSearchedCharacters = 64 * 1024;

/**
 * Tells by its root element what an XML file is; `null` when it is no XML. `start` is its beginning without a byte
 * order mark and blanks.
 *
 * @throws SyncError `file-type-unsupported`
 */
export function recogniseXml(head: Buffer, start: string): GdalFormat | null {
  if (!start.startsWith('<')) return null;
  const text = head
    .toString('latin1', 0, rootSearchedCharacters)
    .replace(/<!--[^]*?-->/g, '')
    .replace(/<[?!][^>]*>/g, '');
  const root = /<(?:[\w.-]+:)?([\w.-]+)([^>]*)/.exec(text);
  switch (root?.[1]) {
    case 'kml':
      return 'kml';
    case 'gpx':
      return 'gpx';
    case 'osm':
      return 'osm-xml';
    default:
      if (root !== null && /http:\/\/www\.opengis\.net\/gml\b/.test(root[2]!)) return 'gml';
      throw new SyncError('file-type-unsupported', 'it looks like XML');
  }
}
