import { type SourceVersion, SyncError } from '@tidetable/contracts';
import { cleanFileName } from '../../download/name-file.js';
import { SourceChangedError } from '../../download/resumable-body.js';
import { featureCollection } from '../feature-pages/feature-collection.js';
import { createPageReader, growingPages, type PageReader } from '../feature-pages/page-reader.js';
import type { FileOptions } from '../open-file.js';
import type { OpenedSource, UnchangedSource } from '../source-connector.js';
import { describeLayer, type LayerDescription, onlyLayerOf } from './describe-layer.js';
import { geoJsonFeature } from './geojson-feature.js';
import type { ArcgisAddress } from './recognise-layer.js';

/** So many pages in a row may be empty though the service says that there is more. */
const emptyPagesMax = 20;

/** What reading a layer needs to know. */
interface Layer extends LayerDescription {
  readonly url: URL;
  readonly query: URLSearchParams;
}

/**
 * Opens all features of a layer as one GeoJSON file in longitude and latitude, or learns that nobody has edited it
 * since `previous`. Fails when the service gives fewer features than it counts.
 *
 * @throws SyncError, or the signal's reason.
 */
export async function openLayer(
  { base, isLayer, query }: ArcgisAddress,
  previous: SourceVersion | null,
  options: FileOptions,
  signal: AbortSignal,
): Promise<OpenedSource | UnchangedSource> {
  const reader = createPageReader(options, signal);
  const asked = (url: URL): URL => addressOf(url, tokenOf(query), { f: 'json' });
  const url = new URL(base);
  if (!isLayer) url.pathname += `/${onlyLayerOf(await reader.object(asked(base)))}`;
  const layer = { ...describeLayer(await reader.object(asked(url))), url, query };
  const etag = layer.editedAt === null ? null : `W/"arcgis-${layer.editedAt}"`;
  if (etag !== null && previous?.etag === etag) {
    return { isChanged: false, etag, lastModified: null, httpStatus: 200 };
  }
  return {
    isChanged: true,
    content: featureCollection(readLayer(layer, reader, signal), options.fileBytesMax),
    fileName: `${cleanFileName(layer.name) || 'layer'}.geojson`,
    mediaType: 'application/geo+json',
    etag,
    lastModified: null,
    httpStatus: 200,
  };
}

async function* readLayer(
  layer: Layer,
  reader: PageReader,
  signal: AbortSignal,
): AsyncGenerator<readonly Buffer[]> {
  const before = await countOf(layer, reader);
  let features = 0;
  for await (const page of layer.hasPages ? byOffset(layer, reader, signal) : byIds(layer, reader, signal)) {
    features += page.length;
    if (before !== null && features > 2 * before + layer.pageSizeMax)
      throw new SyncError('source-service-error', 'the pages have no end');
    yield page.map((feature) => geoJsonFeature(feature, layer.dateFields));
  }
  if (before === null || features >= before) return;
  // Rows that were deleted meanwhile may have moved others past the page that was to bring them.
  const after = await countOf(layer, reader);
  if (after === null || features < Math.min(before, after))
    throw new SourceChangedError(`the layer gave ${features} of ${before} features`);
}

async function* byOffset(
  layer: Layer,
  reader: PageReader,
  signal: AbortSignal,
): AsyncGenerator<readonly Buffer[]> {
  const next = growingPages(layer.pageSizeMax, signal);
  const order: Record<string, string> =
    layer.idField === null ? {} : { orderByFields: `${layer.idField} ASC` };
  for (let offset = 0, empty = 0; empty < emptyPagesMax;) {
    let asked = 0;
    const { features, rest } = await next((size) => {
      asked = size;
      return reader.features(
        queryOf(layer, { ...order, resultOffset: String(offset), resultRecordCount: String(size) }),
      );
    });
    if (features.length > 0) yield features;
    offset += features.length;
    // A page may come empty and yet not be the last; without a word on that, a short one is.
    const isMore = isCut(rest);
    if (isMore === false || (isMore === null && features.length < asked)) return;
    empty = features.length === 0 ? empty + 1 : 0;
    if (features.length === 0) offset += asked;
  }
  throw new SyncError('source-service-error', 'the pages have no end');
}

/** For servers that know no pages: all ids first, then the features of some of them at a time. */
async function* byIds(
  layer: Layer,
  reader: PageReader,
  signal: AbortSignal,
): AsyncGenerator<readonly Buffer[]> {
  const answer = await reader.object(
    addressOf(queryAddress(layer), layer.query, { returnIdsOnly: 'true', f: 'json' }),
  );
  const { objectIds, objectIdFieldName } = answer;
  const ids = (Array.isArray(objectIds) ? (objectIds as number[]) : []).sort((one, other) => one - other);
  const field = typeof objectIdFieldName === 'string' ? objectIdFieldName : (layer.idField ?? 'OBJECTID');
  const next = growingPages(layer.pageSizeMax, signal);
  for (let at = 0; at < ids.length;) {
    let last = at;
    const { features } = await next((size) => {
      last = Math.min(at + size, ids.length) - 1;
      const where = `(${layer.query.get('where') ?? '1=1'}) AND ${field} >= ${ids[at]} AND ${field} <= ${ids[last]}`;
      return reader.features(queryOf(layer, { where }));
    });
    yield features;
    at = last + 1;
  }
}

/** How many features there are; `null` when the service does not say. */
async function countOf(layer: Layer, reader: PageReader): Promise<number | null> {
  const { count } = await reader.object(
    addressOf(queryAddress(layer), layer.query, { returnCountOnly: 'true', f: 'json' }),
  );
  return typeof count === 'number' ? count : null;
}

/** Whether the service says that there is more, wherever its version has the word; `null` when it says nothing. */
function isCut({ exceededTransferLimit, properties }: Readonly<Record<string, unknown>>): boolean | null {
  const inside = (properties as Readonly<Record<string, unknown>> | undefined)?.['exceededTransferLimit'];
  const said = exceededTransferLimit ?? inside;
  return typeof said === 'boolean' ? said : null;
}

function queryOf(layer: Layer, page: Record<string, string>): URL {
  const form = { f: layer.hasGeoJson ? 'geojson' : 'json', outSR: '4326', returnGeometry: 'true' };
  return addressOf(queryAddress(layer), layer.query, { ...form, ...page });
}

function queryAddress({ url }: Layer): URL {
  const address = new URL(url);
  address.pathname += '/query';
  return address;
}

function addressOf(base: URL, query: URLSearchParams, more: Record<string, string>): URL {
  const address = new URL(base);
  address.search = new URLSearchParams({ ...Object.fromEntries(query), ...more }).toString();
  return address;
}

/** A description is asked for with the token only. */
function tokenOf(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => name.toLowerCase() === 'token'));
}
