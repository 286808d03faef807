import { SyncError } from '@tidetable/contracts';
import type { Client, ClientBase } from 'pg';
import { geometryColumn, webmercatorColumn } from '../columns/name-columns.js';
import { webmercatorLatitudeMax } from '../geometry/encode-point.js';
import { givenColumn, stagingSchema, stagingTable, stagingTableName } from './staging-table.js';

/**
 * Makes sure that PostGIS knows the reference systems, before anything is loaded that would need them.
 *
 * @throws SyncError `crs-unknown` with the first that it does not know
 */
export async function refuseUnknownReferences(client: ClientBase, srids: readonly number[]): Promise<void> {
  if (srids.length === 0) return;
  const { rows } = await client.query<{ srid: number }>(
    'SELECT srid FROM spatial_ref_sys WHERE srid = ANY($1::int[])',
    [srids],
  );
  const unknown = srids.find((srid) => !rows.some((row) => row.srid === srid));
  if (unknown !== undefined) throw new SyncError('crs-unknown', `SRID ${unknown}`);
}

/**
 * Lets the staging table bring geometries into degrees, and onto the map, while they are copied: a trigger takes each row's geometry out of
 * the column for it, so that nothing of it remains in the row. An update afterwards would leave the table twice as large.
 * What cannot be brought into degrees, such as coordinates far outside of where their system holds, becomes NULL.
 */
export async function beginReprojection(client: Client, runId: string): Promise<void> {
  const name = reprojection(runId);
  await client.query(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      BEGIN
        NEW.${geometryColumn} := ST_Transform(CASE WHEN ST_SRID(NEW.${givenColumn}) = 0
          THEN ST_SetSRID(NEW.${givenColumn}, 4326) ELSE NEW.${givenColumn} END, 4326);
      EXCEPTION WHEN internal_error THEN
        NEW.${geometryColumn} := NULL;
      END;
      -- Written so that it is true of what is no number as well.
      IF NOT (ST_YMin(NEW.${geometryColumn}) >= -90 AND ST_YMax(NEW.${geometryColumn}) <= 90
          AND abs(ST_XMin(NEW.${geometryColumn})) < 'infinity' AND abs(ST_XMax(NEW.${geometryColumn})) < 'infinity') THEN
        NEW.${geometryColumn} := NULL;
      END IF;
      -- What the map has no room for, or only cut, is left to whoever places such geometries.
      IF ST_YMin(NEW.${geometryColumn}) >= -${webmercatorLatitudeMax} AND ST_YMax(NEW.${geometryColumn}) <= ${webmercatorLatitudeMax}
          AND ST_XMin(NEW.${geometryColumn}) >= -180 AND ST_XMax(NEW.${geometryColumn}) <= 180 THEN
        NEW.${webmercatorColumn} := ST_Transform(NEW.${geometryColumn}, 3857);
      END IF;
      NEW.${givenColumn} := NULL;
      RETURN NEW;
    END $$`);
  await client.query(
    `CREATE TRIGGER reproject BEFORE INSERT ON ${stagingTable(runId)} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
  );
}

/** Takes away what `beginReprojection` and the staging table had for it. Returns how many rows have a geometry. */
export async function endReprojection(client: Client, runId: string): Promise<number> {
  await client.query(`DROP FUNCTION ${reprojection(runId)}() CASCADE`);
  await client.query(`ALTER TABLE ${stagingTable(runId)} DROP COLUMN ${givenColumn}`);
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(${geometryColumn}) FROM ${stagingTable(runId)}`,
  );
  return Number(rows[0]!.count);
}

function reprojection(runId: string): string {
  return `${stagingSchema}.${stagingTableName(runId)}_reproject`;
}
