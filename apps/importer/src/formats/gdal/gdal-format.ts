/** The formats that GDAL reads for us. */
export type GdalFormat =
  'geopackage' | 'geojson' | 'geojson-lines' | 'kml' | 'gpx' | 'gml' | 'flatgeobuf' | 'xls' | 'ods';

/** How GDAL reads a format. */
export interface GdalProfile {
  /** How people call it. */
  readonly title: string;
  /** GDAL's drivers for it, and no others are allowed to look at the file. */
  readonly drivers: readonly string[];
  /** The extension that these drivers expect. */
  readonly extension: string;
  /**
   * What a file may hold: `one` layer; `layers` of which the first by name is the table; the fixed layers of a
   * `track`; `sheets` of which the first with data is the table.
   */
  readonly holds: 'one' | 'layers' | 'track' | 'sheets';
  /** Options for opening the file, as `NAME=VALUE`. */
  readonly openOptions?: readonly string[];
}

/** How each format is read. */
export const gdalProfiles: Record<GdalFormat, GdalProfile> = {
  geopackage: { title: 'GeoPackage', drivers: ['GPKG'], extension: 'gpkg', holds: 'layers' },
  geojson: { title: 'GeoJSON', drivers: ['GeoJSON'], extension: 'geojson', holds: 'one' },
  'geojson-lines': {
    title: 'newline-delimited GeoJSON',
    drivers: ['GeoJSONSeq'],
    extension: 'geojsonl',
    holds: 'one',
  },
  // The first that is installed reads it; the second knows fewer elements.
  kml: { title: 'KML', drivers: ['LIBKML', 'KML'], extension: 'kml', holds: 'layers' },
  gpx: { title: 'GPX', drivers: ['GPX'], extension: 'gpx', holds: 'track' },
  gml: {
    title: 'GML',
    drivers: ['GML'],
    extension: 'gml',
    holds: 'layers',
    // A schema is named by an address; nothing is ever fetched.
    openOptions: ['DOWNLOAD_SCHEMA=NO', 'WRITE_GFS=NO'],
  },
  flatgeobuf: { title: 'FlatGeobuf', drivers: ['FlatGeobuf'], extension: 'fgb', holds: 'one' },
  xls: { title: 'Excel 97 workbook', drivers: ['XLS'], extension: 'xls', holds: 'sheets' },
  ods: { title: 'OpenDocument spreadsheet', drivers: ['ODS'], extension: 'ods', holds: 'sheets' },
};
