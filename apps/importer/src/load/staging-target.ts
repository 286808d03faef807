import type { Client } from 'pg';
import type { PlaceChanges } from '../geometry/describe-places.js';
import { foreignSridsOf, geometryFieldOf, isReprojected } from '../geometry/place-plan.js';
import { tellRowsSql } from './analyze-table.js';
import { type CopyStream, startCopy } from './copy-stream.js';
import { type LoadPass, type LoadTarget, noChanges, type ReadRows } from './load-target.js';
import { placeOnMap } from './place-on-map.js';
import { repairGeometries } from './repair-geometries.js';
import { beginReprojection, endReprojection, refuseUnknownReferences } from './reproject-geometries.js';
import { copyStagingTableSql, createStagingTableSql, dropStagingTable } from './staging-table.js';
import { translateDatabaseError } from './translate-database-error.js';

/**
 * The staging table of a run, whose leftovers are removed before each pass. The connection has nothing under way before
 * and after.
 */
export function stagingTarget(client: Client, runId: string): LoadTarget {
  return {
    load: async (pass, read) => {
      try {
        const copy = await beginLoad(client, runId, pass);
        if (!(await isKept(copy, read))) return noChanges;
        await copy.write(pass.encoder.takePieces(true));
        await copy.finish();
        const changes = await finishGeometries(client, runId, pass);
        await client.query(`${tellRowsSql}; COMMIT`);
        return changes;
      } catch (error) {
        throw translateDatabaseError(error, geometryFieldOf(pass.plan.place) !== null);
      } finally {
        // Where it is still open; a connection that broke has none any more.
        if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK').catch(() => undefined);
      }
    },
  };
}

async function beginLoad(client: Client, runId: string, { names, plan }: LoadPass): Promise<CopyStream> {
  await refuseUnknownReferences(client, foreignSridsOf(plan.place));
  await dropStagingTable(client, runId);
  await client.query('BEGIN');
  // The swap waits for the disk, and with it for all that was written before; until then nothing is worth waiting for.
  await client.query('SET LOCAL synchronous_commit = off');
  await client.query(createStagingTableSql(runId, names, plan));
  if (isReprojected(plan.place)) await beginReprojection(client, runId);
  return startCopy(client, copyStagingTableSql(runId, names, plan));
}

/** Copies what is read; gives the copy up where it is not worth keeping. */
async function isKept(copy: CopyStream, read: ReadRows): Promise<boolean> {
  try {
    if (await read((pieces) => copy.write(pieces))) return true;
  } catch (error) {
    await copy.abort();
    throw error;
  }
  await copy.abort();
  return false;
}

/** What is left to do with geometries that were copied as they are in the file. */
async function finishGeometries(
  client: Client,
  runId: string,
  { plan: { place }, encoder, places }: LoadPass,
): Promise<PlaceChanges> {
  if (geometryFieldOf(place) === null) return noChanges;
  const left = isReprojected(place) ? await endReprojection(client, runId) : encoder.placed.geometries;
  const hasAreas = places.geometries.some((evidence) => evidence.hasAreas);
  const repairs = hasAreas ? await repairGeometries(client, runId) : { repaired: 0, vanished: 0 };
  if (repairs.repaired > 0 || encoder.placed.unmapped > 0 || isReprojected(place))
    await placeOnMap(client, runId);
  return { ...repairs, lost: encoder.placed.geometries - left };
}
