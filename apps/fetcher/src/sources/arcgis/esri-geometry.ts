/** A geometry as ArcGIS writes it. Curves are not asked for, so none come. */
export interface EsriGeometry {
  readonly x?: number | string | null;
  readonly y?: number | string | null;
  readonly z?: number | string | null;
  readonly points?: readonly Position[];
  readonly paths?: readonly (readonly Position[])[];
  readonly rings?: readonly (readonly Position[])[];
  readonly hasZ?: boolean;
  readonly hasM?: boolean;
}

type Position = readonly number[];
type Ring = readonly Position[];

/** A geometry of GeoJSON, `null` where there is none: empty ones, and kinds that GeoJSON does not know. */
export function geoJsonGeometry(geometry: EsriGeometry | null | undefined): object | null {
  if (geometry === null || geometry === undefined) return null;
  const { x, y, z, points, paths, rings, hasZ = false, hasM = false } = geometry;
  // Measures (M) have no place in GeoJSON: behind two or three coordinates they are left out.
  const position = (of: Position): Position => of.slice(0, hasM && !hasZ ? 2 : 3);
  if (points !== undefined) return several('MultiPoint', 'Point', points.map(position));
  if (paths !== undefined) {
    return several(
      'MultiLineString',
      'LineString',
      paths.filter((path) => path.length > 1).map((path) => path.map(position)),
    );
  }
  if (rings !== undefined)
    return several('MultiPolygon', 'Polygon', polygonsOf(rings.map((ring) => ring.map(position))));
  // An empty point is written as NaN, as the word.
  if (typeof x !== 'number' || typeof y !== 'number') return null;
  return { type: 'Point', coordinates: typeof z === 'number' ? [x, y, z] : [x, y] };
}

function several(manyType: string, oneType: string, parts: readonly unknown[]): object | null {
  if (parts.length === 0) return null;
  if (manyType === 'MultiPoint') return { type: manyType, coordinates: parts };
  return parts.length === 1
    ? { type: oneType, coordinates: parts[0] }
    : { type: manyType, coordinates: parts };
}

/**
 * ArcGIS lists all rings of all polygons: clockwise ones are shells, the others holes of the smallest shell around
 * them. GeoJSON turns them the other way round. A hole without a shell is a shell that was drawn the wrong way.
 */
function polygonsOf(rings: readonly Ring[]): Ring[][] {
  const closed = rings.filter((ring) => ring.length > 3);
  const shells = closed
    .filter((ring) => area(ring) < 0)
    .map((shell) => ({ shell, rings: [[...shell].reverse()] }));
  const lonely: Ring[][] = [];
  for (const hole of closed.filter((ring) => area(ring) >= 0)) {
    const around = shells
      .filter(({ shell }) => isInside(hole, shell))
      .sort((one, other) => Math.abs(area(one.shell)) - Math.abs(area(other.shell)))[0];
    if (around === undefined) lonely.push([hole]);
    else around.rings.push([...hole].reverse());
  }
  return [...shells.map((each) => each.rings), ...lonely];
}

/** Twice the area, positive when the ring turns counter-clockwise. */
function area(ring: Ring): number {
  let sum = 0;
  for (let at = 1; at < ring.length; at += 1) {
    const [x1 = 0, y1 = 0] = ring[at - 1]!;
    const [x2 = 0, y2 = 0] = ring[at]!;
    sum += x1 * y2 - x2 * y1;
  }
  return sum;
}

/** Whether most of a ring's corners are inside another: those on its border may fall to either side. */
function isInside(ring: Ring, shell: Ring): boolean {
  const inside = ring.filter((corner) => isWithin(corner, shell)).length;
  return inside * 2 >= ring.length;
}

function isWithin([x = 0, y = 0]: Position, shell: Ring): boolean {
  let within = false;
  for (let at = 1; at < shell.length; at += 1) {
    const [x1 = 0, y1 = 0] = shell[at - 1]!;
    const [x2 = 0, y2 = 0] = shell[at]!;
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) within = !within;
  }
  return within;
}
