import type { ListServiceFilesV1Request } from '@tidetable/contracts';

/** A kind of file by the name CARTO has for it, or `all`. */
export type FileFilter = ListServiceFilesV1Request['filters'][number];

/** What each kind is called at the end of a name. */
const extensionsOf: Record<Exclude<FileFilter, 'all'>, readonly string[]> = {
  csv: ['csv', 'tsv', 'txt', 'tab', 'psv'],
  xls: ['xlsx', 'xls', 'ods'],
  gpx: ['gpx'],
  kml: ['kml', 'kmz'],
  zip: ['zip', 'gz', 'tgz', 'tar', 'bz2'],
  json: ['geojson', 'json', 'geojsonl', 'ndjson', 'topojson'],
};
/** What is a table as well, and none of CARTO's kinds. */
const otherExtensions = ['gpkg', 'fgb', 'gml', 'osm', 'pbf', 'shp', 'mif'];

/** The extensions of the wanted kinds, lower-case and without a dot. */
export function extensionsFor(filters: readonly FileFilter[]): string[] {
  if (filters.includes('all')) return [...Object.values(extensionsOf).flat(), ...otherExtensions];
  return [...new Set(filters.flatMap((filter) => (filter === 'all' ? [] : extensionsOf[filter])))];
}

/** Whether a name ends in an extension of the wanted kinds; `null` where its end says nothing. */
export function isOfKind(name: string, filters: readonly FileFilter[]): boolean | null {
  const extension = /\.([A-Za-z0-9]{1,12})$/.exec(name)?.[1]?.toLowerCase();
  if (extension === undefined || !extensionsFor(['all']).includes(extension)) return null;
  return extensionsFor(filters).includes(extension);
}
