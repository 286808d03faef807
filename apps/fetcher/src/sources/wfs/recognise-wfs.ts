/** Features of an OGC Web Feature Service, to be read in pages. */
export interface WfsAddress {
  readonly url: URL;
  readonly query: URLSearchParams;
  readonly isVersion2: boolean;
}

/** Whoever sets these wants one page. */
const theirs = ['count', 'maxfeatures', 'startindex', 'resulttype'];

/**
 * Recognises `service=WFS` with the name of a type: its features, as GeoJSON unless another format is asked for. `null`
 * for everything else, such as one page or another format, which are files like any other.
 */
export function recogniseWfs(url: URL): WfsAddress | null {
  const given = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  if (given.get('service')?.toUpperCase() !== 'WFS') return null;
  if (!/^getfeature$/i.test(given.get('request') ?? 'GetFeature')) return null;
  const type = given.get('typenames') ?? given.get('typename');
  const format = given.get('outputformat') ?? 'application/json';
  if (type === undefined || !/json/i.test(format) || theirs.some((name) => given.has(name))) return null;
  const version = given.get('version') ?? '2.0.0';
  const isVersion2 = !version.startsWith('1.');
  const named = [...url.searchParams].filter(
    ([name]) =>
      !['service', 'version', 'request', 'typename', 'typenames', 'outputformat'].includes(
        name.toLowerCase(),
      ),
  );
  const query = new URLSearchParams(named);
  query.set('service', 'WFS');
  query.set('version', version);
  query.set('request', 'GetFeature');
  query.set(isVersion2 ? 'typeNames' : 'typeName', type);
  query.set('outputFormat', format);
  if (!given.has('srsname')) query.set('srsName', 'EPSG:4326');
  return { url: new URL(url), query, isVersion2 };
}
