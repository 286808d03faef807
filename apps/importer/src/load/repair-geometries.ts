import type { Client } from 'pg';
import { geometryColumn, webmercatorColumn } from '../columns/name-columns.js';
import { stagingTable } from './staging-table.js';

/** What became of geometries that were not valid. */
export interface GeometryRepairs {
  repaired: number;
  /** Of these, those that enclosed nothing, so that nothing was left of them. */
  vanished: number;
}

/**
 * Repairs polygons that are not valid, such as those whose outline crosses itself; a polygon stays one. Only these rows
 * are written again, and have no place on the map until they are given one. A transaction with an older snapshot sees them as they were loaded.
 */
export async function repairGeometries(client: Client, runId: string): Promise<GeometryRepairs> {
  const table = stagingTable(runId);
  // PostGIS tells of each where it is wrong, which nobody is going to read.
  await client.query('SET LOCAL client_min_messages = error');
  const repaired = await client.query(`UPDATE ${table} SET ${webmercatorColumn} = NULL, ${geometryColumn} =
    CASE GeometryType(${geometryColumn})
      WHEN 'GEOMETRYCOLLECTION' THEN ST_MakeValid(${geometryColumn})
      ELSE ST_Multi(ST_CollectionExtract(ST_MakeValid(${geometryColumn}), 3))
    END
    WHERE ST_Dimension(${geometryColumn}) = 2 AND NOT ST_IsValid(${geometryColumn})`);
  const count = repaired.rowCount ?? 0;
  if (count === 0) return { repaired: 0, vanished: 0 };
  const vanished = await client.query(
    `UPDATE ${table} SET ${geometryColumn} = NULL WHERE ST_IsEmpty(${geometryColumn})`,
  );
  return { repaired: count, vanished: vanished.rowCount ?? 0 };
}
