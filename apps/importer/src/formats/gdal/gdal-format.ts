/** The formats that GDAL reads for us. */
export type GdalFormat =
  | 'geopackage'
  | 'geojson'
  | 'geojson-lines'
  | 'esrijson'
  | 'kml'
  | 'gpx'
  | 'gml'
  | 'flatgeobuf'
  | 'shapefile'
  | 'mapinfo-table'
  | 'mapinfo-interchange'
  | 'file-geodatabase'
  | 'osm-xml'
  | 'osm-pbf'
  | 'xls'
  | 'ods';

/** How GDAL reads a format. */
export interface GdalProfile {
  /** How people call it, with its article. */
  readonly title: string;
  /** GDAL's drivers for it, and no others are allowed to look at the file. */
  readonly drivers: readonly string[];
  /** The extension that these drivers expect. */
  readonly extension: string;
  /** What a file may hold: `one` layer; `layers` of which one is the table; `sheets` of which the first with data is. */
  readonly holds: 'one' | 'layers' | 'sheets';
  /** The names of the layers in the order in which they are preferred; by their names where there is none. */
  readonly layerOrder?: readonly string[];
  /** Options for opening the file, as `NAME=VALUE`. */
  readonly openOptions?: readonly string[];
  /** What they find in their environment besides what all do. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether several lines or polygons in one come among single ones, though the layer declares these, and never curves. */
  readonly mixesSingles?: boolean;
  /** Whether the rows of all layers come mixed, so that no layer's first row can be had alone. */
  readonly isMixed?: boolean;
  /** What the drivers may write to their folder, in megabytes, where that is more than nearly nothing. */
  readonly writtenMegabytesMax?: number;
}

/** How each format is read. */
export const gdalProfiles: Record<GdalFormat, GdalProfile> = {
  geopackage: { title: 'a GeoPackage', drivers: ['GPKG'], extension: 'gpkg', holds: 'layers' },
  geojson: { title: 'GeoJSON', drivers: ['GeoJSON'], extension: 'geojson', holds: 'one' },
  'geojson-lines': {
    title: 'newline-delimited GeoJSON',
    drivers: ['GeoJSONSeq'],
    extension: 'geojsonl',
    holds: 'one',
  },
  esrijson: { title: 'Esri JSON', drivers: ['ESRIJSON'], extension: 'json', holds: 'one' },
  // The first that is installed reads it; the second knows fewer elements.
  kml: { title: 'KML', drivers: ['LIBKML', 'KML'], extension: 'kml', holds: 'layers' },
  gpx: {
    title: 'GPX',
    drivers: ['GPX'],
    extension: 'gpx',
    holds: 'layers',
    layerOrder: ['waypoints', 'routes', 'tracks', 'route_points', 'track_points'],
  },
  gml: {
    title: 'GML',
    drivers: ['GML'],
    extension: 'gml',
    holds: 'layers',
    // A schema is named by an address; nothing is ever fetched.
    openOptions: ['DOWNLOAD_SCHEMA=NO', 'WRITE_GFS=NO'],
  },
  flatgeobuf: { title: 'FlatGeobuf', drivers: ['FlatGeobuf'], extension: 'fgb', holds: 'one' },
  shapefile: {
    title: 'a shapefile',
    drivers: ['ESRI Shapefile'],
    extension: 'shp',
    holds: 'one',
    mixesSingles: true,
    // An index that is missing is made anew, beside the copy of the file.
    environment: { SHAPE_RESTORE_SHX: 'YES' },
    writtenMegabytesMax: 2_048,
  },
  'mapinfo-table': { title: 'a MapInfo table', drivers: ['MapInfo File'], extension: 'tab', holds: 'one' },
  'mapinfo-interchange': {
    title: 'a MapInfo interchange file',
    drivers: ['MapInfo File'],
    extension: 'mif',
    holds: 'one',
  },
  'file-geodatabase': {
    title: 'a file geodatabase',
    drivers: ['OpenFileGDB'],
    extension: 'gdb',
    holds: 'layers',
  },
  'osm-xml': osm('osm'),
  'osm-pbf': osm('pbf'),
  xls: { title: 'an Excel 97 workbook', drivers: ['XLS'], extension: 'xls', holds: 'sheets' },
  ods: { title: 'an OpenDocument spreadsheet', drivers: ['ODS'], extension: 'ods', holds: 'sheets' },
};

function osm(extension: string): GdalProfile {
  return {
    title: 'OpenStreetMap data',
    drivers: ['OSM'],
    extension,
    holds: 'layers',
    layerOrder: ['points', 'lines', 'multilinestrings', 'multipolygons', 'other_relations'],
    isMixed: true,
    // Ways name nodes by their numbers, whose places are kept on the way: in memory first, then in a file.
    writtenMegabytesMax: 16_384,
  };
}
