import { compactName } from './find-geometry-columns.js';

/** Names of the two columns that make a point, latitude first; those of CARTO, and others that are common. */
const degreesNames = pairs(
  'latitude/longitude lat/lon lat/lng lat/long latitudedecimal/longitudedecimal latitud/longitud lati/long ' +
    'decimallatitude/decimallongitude decimallat/decimallong pointlatitude/pointlongitude ' +
    'latitudedeg/longitudedeg latdeg/londeg latdd/londd ddlat/ddlon declat/declon declat/declong ' +
    'geolat/geolon geolat/geolng geolat/geolong geolatitude/geolongitude gpslat/gpslon gpslat/gpslng gpslat/gpslong ' +
    'gpslatitude/gpslongitude latwgs84/lonwgs84 wgs84lat/wgs84lon latitudewgs84/longitudewgs84 wgs84latitude/wgs84longitude ' +
    'stoplat/stoplon shapeptlat/shapeptlon reclat/reclong intptlat/intptlon intptlat/intptlong laty/lonx ' +
    'latitudey/longitudex ylat/xlon ylatitude/xlongitude coordlat/coordlon coordlat/coordlng latcoord/loncoord ' +
    'latitudine/longitudine breitengrad/laengengrad breitengrad/längengrad широта/долгота',
);
/** Names that may as well stand for metres, pixels or anything else. */
const planeNames = pairs(
  'y/x ycoord/xcoord ycoordinate/xcoordinate coordy/coordx coordinatey/coordinatex pointy/pointx posy/posx geoy/geox',
);

/** The positions of the two columns that make a point of each row. */
export interface PointColumns {
  longitude: number;
  latitude: number;
}

/** The same with whether their names say what they are; otherwise only their values can. */
export interface PointCandidate extends PointColumns {
  readonly isNamedForDegrees: boolean;
}

/**
 * Finds the columns that hold longitude and latitude by their headers, aside from case, blanks, dashes and underscores:
 * the first pair of names that belong together, else the first of each. Whether they can be used depends on their values
 * too.
 */
export function findPointColumns(headers: readonly (string | null)[]): PointCandidate | null {
  const names = headers.map(compactName);
  const degrees = findPair(names, degreesNames) ?? findAny(names, degreesNames);
  if (degrees !== null) return { ...degrees, isNamedForDegrees: true };
  const plane = findPair(names, planeNames);
  return plane === null ? null : { ...plane, isNamedForDegrees: false };
}

type NamePair = readonly [latitude: string, longitude: string];

function pairs(list: string): NamePair[] {
  return list.split(' ').map((pair) => {
    const [latitude, longitude] = pair.split('/');
    return [latitude!, longitude!];
  });
}

function findPair(names: readonly string[], known: readonly NamePair[]): PointColumns | null {
  for (const [latitudeName, longitudeName] of known) {
    const latitude = names.indexOf(latitudeName);
    const longitude = names.indexOf(longitudeName);
    if (latitude !== -1 && longitude !== -1) return { longitude, latitude };
  }
  return null;
}

function findAny(names: readonly string[], known: readonly NamePair[]): PointColumns | null {
  const latitude = names.findIndex((name) => known.some((pair) => pair[0] === name));
  const longitude = names.findIndex((name) => known.some((pair) => pair[1] === name));
  return latitude === -1 || longitude === -1 ? null : { longitude, latitude };
}
