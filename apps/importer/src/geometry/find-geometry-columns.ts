/** How people and programs call a column of geometries, the surest first; without blanks, dashes and underscores. */
const geometryNames = (
  'thegeom geometry geom wkbgeometry wkt geojson wkb ewkt ewkb theshape shape way geog geography thegeog ' +
  'geometrywkt geomwkt wktgeometry wktgeom geometrywkb geomwkb wkbgeom ewkbhex wkbhex hexewkb hexwkb ' +
  'geometrygeojson geomjson geojsongeometry geomgeojson geoshape geoshape2d kml kmlgeometry thegeometry ogrgeometry ' +
  'staswkt stastext stasewkt stasbinary stasgeojson astext asewkt shapewkt spatial location point polygon ' +
  'multipolygon linestring multilinestring multipoint boundary boundaries footprint outline perimeter area ' +
  'georeference geocodedcolumn geopoint coordinates position route path track thegeomwebmercator'
).split(' ');
const ranks = new Map(geometryNames.map((name, rank) => [name, rank]));
/** Names up to this one stand for nothing but geometries. */
const lastSureName = 'ewkb';

/** A column that may hold the geometry of each row. */
export interface GeometryCandidate {
  readonly column: number;
  /** Whether it is named for that, so that a few values which are no geometries do not speak against it. */
  readonly isNamed: boolean;
  /** Whether its name can stand for nothing else. */
  readonly isSurelyNamed: boolean;
}

/**
 * All columns in the order in which they are tried as the table's geometry: those named like one, by how sure the name
 * is, then all others as they stand.
 */
export function rankGeometryColumns(headers: readonly (string | null)[]): GeometryCandidate[] {
  const ranked = headers.map((header, column) => ({
    column,
    rank: ranks.get(compactName(header)) ?? Infinity,
  }));
  return ranked
    .sort((a, b) => (a.rank === b.rank ? a.column - b.column : a.rank - b.rank))
    .map(({ column, rank }) => ({
      column,
      isNamed: rank !== Infinity,
      isSurelyNamed: rank <= ranks.get(lastSureName)!,
    }));
}

/** A header without what differs from program to program: case, blanks, dashes, dots and underscores. */
export function compactName(header: string | null): string {
  return header?.toLowerCase().replace(/[\s_.-]+/g, '') ?? '';
}
