/** What the coordinates of a shapefile mean. */
export type Reference =
  /** Degrees of longitude and latitude as everybody uses them; no .prj says otherwise. */
  | { readonly kind: 'degrees' }
  /** What the .prj says, which GDAL has to understand; `name` is how it calls the reference system. */
  | { readonly kind: 'named'; readonly name: string }
  /** No .prj, and coordinates that are no degrees. */
  | { readonly kind: 'unknown' };

/** The header of a .shp file ends here; the box of all coordinates is in it. */
const boxOffset = 36;
const boxEnd = 68;

/** Longitudes may go on beyond the date line. */
const longitudeMax = 360;
const latitudeMax = 90;

/** The names of WGS 84 without anything done to it, also where heights are said to belong to it. */
const plainDegrees = /^\s*GEOGCS\s*\[\s*"(GCS_WGS_1984|WGS[ _]?(19)?84)(_3D| \(3D\))?"/i;

/**
 * Tells from the text of a .prj file, `null` where there is none, and the beginning of the .shp what the coordinates
 * mean. Without a .prj they are degrees, as CARTO has it, unless they plainly are not.
 */
export function describeReference(prj: string | null, shp: Buffer): Reference {
  if (prj === null || prj.trim() === '')
    return isWithinDegrees(shp) ? { kind: 'degrees' } : { kind: 'unknown' };
  if (
    plainDegrees.test(prj) &&
    /PRIMEM\s*\[\s*"Greenwich"\s*,\s*0(\.0*)?\s*\]/i.test(prj) &&
    /UNIT\s*\[\s*"Degree"/i.test(prj)
  ) {
    return { kind: 'degrees' };
  }
  return { kind: 'named', name: /"([^"]{1,100})"/.exec(prj)?.[1] ?? 'it has no name' };
}

/** A box that is not filled in says nothing. */
function isWithinDegrees(shp: Buffer): boolean {
  if (shp.length < boxEnd) return true;
  const [xMin, yMin, xMax, yMax] = [0, 8, 16, 24].map((at) => shp.readDoubleLE(boxOffset + at));
  const beyond = (value: number, max: number): boolean => Number.isFinite(value) && Math.abs(value) > max;
  return (
    ![xMin!, xMax!].some((x) => beyond(x, longitudeMax)) &&
    ![yMin!, yMax!].some((y) => beyond(y, latitudeMax))
  );
}
