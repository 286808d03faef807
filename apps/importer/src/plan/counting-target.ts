import type { Pool } from 'pg';
import { foreignSridsOf } from '../geometry/place-plan.js';
import { type LoadTarget, noChanges } from '../load/load-target.js';
import { refuseUnknownReferences } from '../load/reproject-geometries.js';

/**
 * Takes rows and keeps none of them: what is counted on the way is all that is wanted. The database is only asked whether
 * it knows the reference systems.
 */
export function countingTarget(database: Pool): LoadTarget {
  return {
    load: async ({ plan, encoder }, read) => {
      await knowReferences(database, foreignSridsOf(plan.place));
      if (await read(async () => undefined)) encoder.takePieces(true);
      return noChanges;
    },
  };
}

async function knowReferences(database: Pool, srids: readonly number[]): Promise<void> {
  if (srids.length === 0) return;
  const client = await database.connect();
  try {
    await refuseUnknownReferences(client, srids);
  } finally {
    client.release();
  }
}
