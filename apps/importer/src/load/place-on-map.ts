import type { Client } from 'pg';
import { geometryColumn, webmercatorColumn } from '../columns/name-columns.js';
import { webmercatorLatitudeMax } from '../geometry/encode-point.js';
import { stagingTable } from './staging-table.js';

/**
 * The projection of the web's maps for PROJ, which by the number 3857 brings longitudes beyond the date line back to the
 * other edge of the map, so that what crosses it is drawn across the whole world. Far slower than by the number.
 */
const webmercator =
  '+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +over +no_defs';

/**
 * The place on the map of a geometry in degrees, as SQL. The projection runs off beyond 89 degrees of latitude: a point
 * there has no place, of any other shape what lies beyond is cut off.
 */
function mappedSql(geometry: string): string {
  const within = (axis: 'X' | 'Y', bound: number): string =>
    `ST_${axis}Min(${geometry}) >= -${bound} AND ST_${axis}Max(${geometry}) <= ${bound}`;
  const cut = `ST_Intersection(ST_MakeValid(${geometry}),
    ST_MakeEnvelope(-540, -${webmercatorLatitudeMax}, 540, ${webmercatorLatitudeMax}, 4326))`;
  const beyondDateLine = (shape: string): string =>
    `ST_SetSRID(ST_Transform(${shape}, '${webmercator}'), 3857)`;
  return `CASE
    WHEN ${within('Y', webmercatorLatitudeMax)} AND ${within('X', 180)} THEN ST_Transform(${geometry}, 3857)
    WHEN ${within('Y', webmercatorLatitudeMax)} THEN ${beyondDateLine(geometry)}
    WHEN GeometryType(${geometry}) = 'POINT' OR ST_IsEmpty(${geometry}) THEN NULL
    WHEN ${within('X', 180)} THEN ST_Transform(${cut}, 3857)
    ELSE ${beyondDateLine(cut)}
    END`;
}

/** Gives a place on the map to the geometries that have none yet: those that were repaired, or reach beyond it. */
export async function placeOnMap(client: Client, runId: string): Promise<void> {
  await client.query(`UPDATE ${stagingTable(runId)} SET ${webmercatorColumn} = ${mappedSql(geometryColumn)}
    WHERE ${webmercatorColumn} IS NULL AND ${geometryColumn} IS NOT NULL AND GeometryType(${geometryColumn}) <> 'POINT'`);
}
