import { SyncError } from '@tidetable/contracts';
import { cleanFileName } from '../../download/name-file.js';
import { featureCollection } from '../feature-pages/feature-collection.js';
import { createPageReader, growingPages, type PageReader } from '../feature-pages/page-reader.js';
import { sliceMembers } from '../feature-pages/slice-members.js';
import type { FileOptions } from '../open-file.js';
import type { OpenedSource } from '../source-connector.js';
import type { WfsAddress } from './recognise-wfs.js';

const pageSizeMax = 2_000;

/**
 * Opens all features of a type as one GeoJSON file. In version 2 they come in pages, in version 1 as the service gives
 * them. Fails when fewer come than the service counts.
 */
export function openWfs(address: WfsAddress, options: FileOptions, signal: AbortSignal): OpenedSource {
  const reader = createPageReader(options, signal);
  const { query } = address;
  const type = query.get('typeNames') ?? query.get('typeName') ?? '';
  let crs: unknown;
  const isDefault = query.get('srsName') === 'EPSG:4326';
  const pages = readFeatures(address, reader, signal, (said) => (crs ??= said));
  const ending = (): string => (isDefault || crs === undefined ? '' : `,"crs":${JSON.stringify(crs)}`);
  return {
    isChanged: true,
    content: featureCollection(pages, options.fileBytesMax, ending),
    fileName: `${cleanFileName(type.split(':').at(-1) ?? '') || 'features'}.geojson`,
    mediaType: 'application/geo+json',
    etag: null,
    lastModified: null,
    httpStatus: 200,
  };
}

async function* readFeatures(
  { url, query, isVersion2 }: WfsAddress,
  reader: PageReader,
  signal: AbortSignal,
  onCrs: (crs: unknown) => void,
): AsyncGenerator<readonly Buffer[]> {
  const next = growingPages(pageSizeMax, signal);
  let before: Buffer | undefined;
  for (let startIndex = 0; ;) {
    let asked = 0;
    const { features, rest } = await next((size) => {
      asked = size;
      return reader.features(pageAddress(url, query, isVersion2 ? { count: size, startIndex } : {}));
    });
    const [first] = features;
    if (first !== undefined && before?.equals(first)) {
      // The index is ignored: then the first page was all there is, unless it was full.
      if (startIndex < asked) return;
      throw new SyncError('source-service-error', 'each page is the same');
    }
    before = first;
    if (rest['crs'] !== null) onCrs(rest['crs']);
    if (features.length > 0) yield features.map(withoutPassingId);
    startIndex += features.length;
    const matched = countOf(rest);
    if (matched !== null && startIndex >= matched) return;
    if (!isVersion2 || features.length === 0) {
      if (matched !== null && startIndex < matched)
        throw new SyncError('source-truncated', `${startIndex} of ${matched} features`);
      return;
    }
    // Without a count, a page of another size than was asked for may be the service's own limit, or all there is.
    if (matched === null && features.length > asked) return;
  }
}

function pageAddress(url: URL, query: URLSearchParams, page: { count?: number; startIndex?: number }): URL {
  const address = new URL(url);
  const whole = new URLSearchParams(query);
  if (page.count !== undefined) whole.set('count', String(page.count));
  // The first page is asked for without an index: some services want an order for any other.
  if (page.startIndex !== undefined && page.startIndex > 0) whole.set('startIndex', String(page.startIndex));
  address.search = whole.toString();
  address.hash = '';
  return address;
}

/** All features there are, of this page and others; `null` when the service does not know. */
function countOf({ numberMatched, totalFeatures }: Readonly<Record<string, unknown>>): number | null {
  const count = numberMatched ?? totalFeatures;
  return typeof count === 'number' ? count : null;
}

/** Where a table has no key, GeoServer makes up an id for each answer, and no answer would be like another. */
function withoutPassingId(feature: Buffer): Buffer {
  const members = sliceMembers(feature);
  if (!/\.fid-[0-9a-f_-]+"$/.test(members.get('id')?.toString('latin1') ?? '')) return feature;
  members.delete('id');
  const parts = [...members].map(([name, value]) => `${JSON.stringify(name)}:${value.toString('utf8')}`);
  return Buffer.from(`{${parts.join(',')}}`);
}
