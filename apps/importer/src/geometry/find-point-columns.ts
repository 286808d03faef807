const longitudeNames = new Set(
  'longitude lon lng longitudedecimal longitud long decimallongitude decimallong point_longitude'.split(' '),
);
const latitudeNames = new Set(
  'latitude lat latitudedecimal latitud lati decimallatitude decimallat point_latitude'.split(' '),
);

/** The positions of the two columns that make a point of each row. */
export interface PointColumns {
  longitude: number;
  latitude: number;
}

/**
 * Finds the columns that hold longitude and latitude by their headers, case and surrounding blanks aside: the
 * first of each. Whether they can be used depends on their values too: both must be numbers.
 */
export function findPointColumns(headers: readonly (string | null)[]): PointColumns | null {
  const names = headers.map((header) => header?.trim().toLowerCase() ?? '');
  const longitude = names.findIndex((name) => longitudeNames.has(name));
  const latitude = names.findIndex((name) => latitudeNames.has(name));
  return longitude === -1 || latitude === -1 ? null : { longitude, latitude };
}
