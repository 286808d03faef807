import { SyncError } from '@tidetable/contracts';
import type { GdalFormat } from './gdal/gdal-format.js';

const recordSeparator = 0x1e;
const braceOpen = 0x7b;
const braceClose = 0x7d;
const quote = 0x22;
const backslash = 0x5c;

const geometry =
  /^\{\s*"type"\s*:\s*"(Point|MultiPoint|LineString|MultiLineString|Polygon|MultiPolygon|GeometryCollection)"/;

/**
 * Tells GeoJSON, in one piece or a feature a line, from other JSON; `null` when it is no JSON. `start` is its beginning
 * without a byte order mark and blanks.
 *
 * @throws SyncError `file-type-unsupported`
 */
export function recogniseJson(head: Buffer, start: string): GdalFormat | null {
  if (head[0] === recordSeparator) return 'geojson-lines';
  if (!/^\{\s*"|^\[\s*[{["]/.test(start)) return null;
  const text = head.toString('latin1');
  const isFeature =
    /"type"\s*:\s*"(FeatureCollection|Feature)"/.test(text) && /"(features|geometry)"\s*:/.test(text);
  if (start.startsWith('{') && (isFeature || geometry.test(start))) {
    return hasSecondObject(head) ? 'geojson-lines' : 'geojson';
  }
  throw new SyncError('file-type-unsupported', 'it looks like JSON');
}

/** Whether another object begins where the first one ends. */
function hasSecondObject(head: Buffer): boolean {
  let depth = 0;
  let isInText = false;
  for (let i = 0; i < head.length; i++) {
    const byte = head[i];
    if (isInText) {
      if (byte === backslash) i++;
      else if (byte === quote) isInText = false;
    } else if (byte === quote) isInText = true;
    else if (byte === braceOpen) depth++;
    else if (byte === braceClose && --depth === 0) {
      return head
        .toString('latin1', i + 1, i + 1024)
        .trimStart()
        .startsWith('{');
    }
  }
  return false;
}
