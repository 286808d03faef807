/** A layer of a service of ArcGIS, or a service of which the layer is not named. */
export interface ArcgisAddress {
  /** `…/FeatureServer/0`, or `…/FeatureServer` without a layer; without query, with the credentials of the address. */
  readonly base: URL;
  readonly isLayer: boolean;
  /** What the address asks for: conditions, fields, a token. Without what this connector decides. */
  readonly query: URLSearchParams;
}

const form = /^(.*\/(?:Feature|Map)Server)(?:\/(\d+))?(?:\/query)?\/?$/i;
/** Decided for every page. */
const ours = [
  'f',
  'outsr',
  'returngeometry',
  'returncountonly',
  'returnidsonly',
  'orderbyfields',
  'callback',
];
/** Whoever sets these wants one page, or something else than features. */
const theirs = [
  'resultoffset',
  'resultrecordcount',
  'outstatistics',
  'groupbyfieldsforstatistics',
  'returndistinctvalues',
];
const formats = ['html', 'pjson', 'json', 'geojson'];

/**
 * Recognises the address of a layer: `…/FeatureServer/0` or `…/MapServer/0`, also with `/query` and what to ask for.
 * `null` for everything else, such as one page of a layer or another format, which are files like any other.
 */
export function recogniseLayer(url: URL): ArcgisAddress | null {
  const [, service, layer] = form.exec(url.pathname) ?? [];
  if (service === undefined) return null;
  const names = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  if (theirs.some((name) => names.has(name)) || !formats.includes((names.get('f') ?? 'html').toLowerCase()))
    return null;
  const base = new URL(url);
  base.pathname = layer === undefined ? service : `${service}/${layer}`;
  base.search = '';
  base.hash = '';
  const query = new URLSearchParams(
    [...url.searchParams].filter(([name]) => !ours.includes(name.toLowerCase())),
  );
  if (![...names.keys()].includes('where')) query.set('where', '1=1');
  if (![...names.keys()].includes('outfields')) query.set('outFields', '*');
  return { base, isLayer: layer !== undefined, query };
}
