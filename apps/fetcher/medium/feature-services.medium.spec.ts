import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Origin, type RecordedRequest, startOrigin } from '@tidetable/test-harness';
import { readUrl, versionWith } from './url-reader.js';

const layerPath = '/arcgis/rest/services/Ports/FeatureServer/0';
const queryPath = `${layerPath}/query`;

interface Collection {
  type: string;
  crs?: unknown;
  features: { type: string; id?: unknown; properties: Record<string, unknown>; geometry: unknown }[];
}

let origin: Origin;

beforeEach(async () => {
  origin = await startOrigin();
});

afterEach(async () => {
  await origin.stop();
});

const paramsOf = ({ target }: RecordedRequest): URLSearchParams => new URL(target, 'http://x').searchParams;
const json = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });
const collectionOf = (read: Awaited<ReturnType<typeof readUrl>>): Collection => {
  if (!read.isChanged) throw new Error('it was called unchanged');
  return JSON.parse(read.text) as Collection;
};
const idsOf = ({ features }: Collection): unknown[] =>
  features.map(({ properties }) => properties['OBJECTID']);

interface ServedLayer {
  rows: number;
  pageMax?: number;
  hasPages?: boolean;
  hasGeoJson?: boolean;
  editedAt?: number;
  /** Fails the n-th page, from 1. */
  failing?: (page: number, size: number) => unknown;
}

/** A layer as ArcGIS serves it, with all the ways to ask for its rows. */
function serveLayer({
  rows,
  pageMax = 3,
  hasPages = true,
  hasGeoJson = true,
  editedAt,
  failing,
}: ServedLayer): void {
  let pages = 0;
  origin.respond(layerPath, () =>
    json({
      name: 'Ports & Harbours',
      type: 'Feature Layer',
      objectIdField: 'OBJECTID',
      maxRecordCount: pageMax,
      supportedQueryFormats: hasGeoJson ? 'JSON, geoJSON' : 'JSON',
      advancedQueryCapabilities: { supportsPagination: hasPages },
      fields: [{ name: 'built', type: 'esriFieldTypeDate' }],
      ...(editedAt === undefined ? {} : { editingInfo: { lastEditDate: editedAt } }),
    }),
  );
  origin.respond(queryPath, (request) => {
    const params = paramsOf(request);
    const all = Array.from({ length: rows }, (_, row) => 10 * (row + 1));
    if (params.get('returnCountOnly') === 'true') return json({ count: rows });
    if (params.get('returnIdsOnly') === 'true')
      return json({ objectIdFieldName: 'OBJECTID', objectIds: [...all].reverse() });
    pages += 1;
    const [, from = 0, to = Infinity] =
      /OBJECTID >= (\d+) AND OBJECTID <= (\d+)/.exec(params.get('where') ?? '')?.map(Number) ?? [];
    const wanted = all.filter((id) => id >= from && id <= to);
    const offset = Number(params.get('resultOffset') ?? 0);
    const size = Math.min(Number(params.get('resultRecordCount') ?? pageMax), pageMax);
    const failure = failing?.(pages, size);
    if (failure !== undefined) return json(failure);
    const page = wanted.slice(offset, offset + size);
    const isCut = offset + size < wanted.length;
    const features = page.map((id) =>
      hasGeoJson
        ? {
            type: 'Feature',
            id,
            geometry: { type: 'Point', coordinates: [id, 1] },
            properties: { OBJECTID: id, built: 0 },
          }
        : { attributes: { OBJECTID: id, built: 0 }, geometry: { x: id, y: 1 } },
    );
    return json(
      hasGeoJson
        ? { features, properties: { exceededTransferLimit: isCut } }
        : { features, exceededTransferLimit: isCut },
    );
  });
}

describe('a layer of ArcGIS', () => {
  it.each<[string, Partial<ServedLayer>]>([
    ['GeoJSON, in pages', {}],
    ['its own JSON, in pages', { hasGeoJson: false }],
    ['GeoJSON, by ids', { hasPages: false }],
    ['its own JSON, by ids', { hasPages: false, hasGeoJson: false }],
  ])('becomes one GeoJSON with all rows in order: %s', async (_how, served) => {
    serveLayer({ rows: 8, ...served });
    const read = await readUrl(origin.url(`${layerPath}?token=t`));
    expect(read).toMatchObject({
      fileName: 'Ports & Harbours.geojson',
      mediaType: 'application/geo+json',
      etag: null,
    });
    const collection = collectionOf(read);
    expect(idsOf(collection)).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
    expect(collection.features[0]).toEqual({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [10, 1] },
      properties: { OBJECTID: 10, built: '1970-01-01T00:00:00.000Z' },
    });
    expect(origin.requests().every((request) => paramsOf(request).get('token') === 't')).toBe(true);
    const page = origin
      .requests(queryPath)
      .map(paramsOf)
      .find((params) => params.get('returnGeometry') === 'true');
    expect([page?.get('outSR'), page?.get('outFields')]).toEqual(['4326', '*']);
  });

  it('is the same file whatever the size of its pages', async () => {
    serveLayer({ rows: 8, pageMax: 3 });
    const one = await readUrl(origin.url(layerPath));
    serveLayer({ rows: 8, pageMax: 100 });
    const other = await readUrl(origin.url(`${layerPath}/query?f=json`));
    expect(one).toMatchObject({ sha256: (other as { sha256: string }).sha256 });
  });

  it('is unchanged when nobody has edited it, with one request', async () => {
    serveLayer({ rows: 2, editedAt: 1_700_000_000_000 });
    const etag = 'W/"arcgis-1700000000000"';
    expect(await readUrl(origin.url(layerPath))).toMatchObject({ isChanged: true, etag });
    const before = origin.requests().length;
    expect(await readUrl(origin.url(layerPath), {}, versionWith(etag, null))).toMatchObject({
      isChanged: false,
      etag,
    });
    expect(origin.requests()).toHaveLength(before + 1);
    expect(await readUrl(origin.url(layerPath), {}, versionWith('W/"arcgis-1"', null))).toMatchObject({
      isChanged: true,
    });
  });

  it('is read in smaller pages where large ones fail', async () => {
    const sizes: number[] = [];
    serveLayer({
      rows: 9,
      pageMax: 8,
      failing: (_page, size) => {
        sizes.push(size);
        return size > 2 ? { error: { code: 500, message: 'Error performing query operation' } } : undefined;
      },
    });
    expect(idsOf(collectionOf(await readUrl(origin.url(layerPath))))).toHaveLength(9);
    expect(sizes.slice(0, 2)).toEqual([8, 2]);
  });

  it('fails when the service gives fewer rows than it counts', async () => {
    serveLayer({
      rows: 8,
      failing: (page) => (page > 1 ? { features: [], exceededTransferLimit: false } : undefined),
    });
    await expect(readUrl(origin.url(layerPath))).rejects.toMatchObject({ name: 'SourceChangedError' });
  });

  it('fails when its pages never end', async () => {
    serveLayer({ rows: 3, failing: () => ({ features: [], exceededTransferLimit: true }) });
    await expect(readUrl(origin.url(layerPath))).rejects.toMatchObject({ code: 'source-service-error' });
  });

  it.each([
    [400, 'source-service-error'],
    [499, 'source-forbidden'],
  ])('fails when its service says error %i and HTTP 200', async (code, expected) => {
    origin.respond(layerPath, json({ error: { code, message: 'x', details: [] } }));
    await expect(readUrl(origin.url(layerPath))).rejects.toMatchObject({
      code: expected,
      detail: `error ${code}`,
    });
  });

  it('needs no number where the service has one layer', async () => {
    serveLayer({ rows: 1 });
    const service = layerPath.replace(/\/0$/, '');
    origin.respond(
      service,
      json({ layers: [{ id: 0 }], tables: [] }),
      json({ layers: [{ id: 0 }, { id: 1 }] }),
    );
    expect(idsOf(collectionOf(await readUrl(origin.url(service))))).toEqual([10]);
    await expect(readUrl(origin.url(service))).rejects.toMatchObject({ code: 'source-layer-needed' });
  });
});

interface ServedType {
  rows: number;
  /** The service's own limit. */
  limit?: number;
  matched?: 'number' | 'unknown';
  isPaged?: boolean;
}

function serveType({ rows, limit = 4, matched = 'number', isPaged = true }: ServedType): void {
  origin.respond('/ows', (request) => {
    const params = paramsOf(request);
    const start = isPaged ? Number(params.get('startIndex') ?? 0) : 0;
    const size = isPaged ? Math.min(Number(params.get('count') ?? limit), limit) : rows;
    const features = Array.from({ length: rows }, (_, row) => ({
      type: 'Feature',
      id: `ports.fid-${start}_${row}`,
      geometry: null,
      properties: { OBJECTID: row },
    })).slice(start, start + size);
    return json({
      type: 'FeatureCollection',
      features,
      numberMatched: matched === 'number' ? rows : 'unknown',
      crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::25832' } },
      timeStamp: request.target,
    });
  });
}

describe('a type of a WFS', () => {
  const address = '/ows?service=WFS&version=2.0.0&typeNames=a:ports';

  it.each<[string, ServedType, number]>([
    ['in pages of a known count', { rows: 10 }, 3],
    ['in pages of an unknown count', { rows: 10, matched: 'unknown' }, 4],
    ['in one answer', { rows: 3 }, 1],
    ['in one answer of a service that knows no pages', { rows: 10, matched: 'unknown', isPaged: false }, 2],
  ])('becomes one GeoJSON with all features: %s', async (_how, served, requests) => {
    serveType(served);
    const read = await readUrl(origin.url(address));
    expect(read).toMatchObject({ fileName: 'ports.geojson', mediaType: 'application/geo+json' });
    expect(idsOf(collectionOf(read))).toEqual(Array.from({ length: served.rows }, (_, row) => row));
    expect(collectionOf(read)).not.toHaveProperty('crs');
    expect(collectionOf(read).features[0]).not.toHaveProperty('id');
    expect(origin.requests()).toHaveLength(requests);
  });

  it('keeps the reference system that was asked for', async () => {
    serveType({ rows: 1 });
    const read = await readUrl(origin.url(`${address}&srsName=EPSG:25832`));
    expect(collectionOf(read).crs).toEqual({
      type: 'name',
      properties: { name: 'urn:ogc:def:crs:EPSG::25832' },
    });
  });

  it('fails when the service gives fewer features than it counts', async () => {
    serveType({ rows: 10 });
    await expect(
      readUrl(origin.url(address.replace('2.0.0', '1.1.0').replace('typeNames', 'typeName'))),
    ).rejects.toMatchObject({
      code: 'source-truncated',
      detail: '4 of 10 features',
    });
  });

  it('fails with the code of an exception that comes as a success', async () => {
    origin.respond('/ows', {
      body: '<?xml version="1.0"?><ows:ExceptionReport><ows:Exception exceptionCode="InvalidParameterValue"/></ows:ExceptionReport>',
    });
    await expect(readUrl(origin.url(address))).rejects.toMatchObject({
      code: 'source-service-error',
      detail: 'InvalidParameterValue',
    });
  });
});
