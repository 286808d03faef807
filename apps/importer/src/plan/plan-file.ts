import type { PlanFileV1Request, TablePlan } from '@tidetable/contracts';
import type { StagedFileStore } from '@tidetable/staged-files';
import type { Pool } from 'pg';
import { limitsOf } from '../account-limits.js';
import type { RememberedColumn } from '../columns/remembered-column.js';
import type { ImporterEnv } from '../importer.env.js';
import { readTable } from '../load/load-table.js';
import { RejectedRows } from '../load/rejected-rows.js';
import { openStagedTable } from '../open-staged-table.js';
import { recallMemory } from '../swap/column-memory.js';
import { countingTarget } from './counting-target.js';
import { describePlan } from './describe-plan.js';
import { findPresentTable } from './present-table.js';

/** What planning needs: no connection of it ever writes. */
export interface PlanResources {
  readonly env: ImporterEnv;
  readonly store: StagedFileStore;
  readonly database: Pool;
}

/**
 * Reads a staged file to its end as an import does, and tells what it would become. Makes nothing and changes nothing.
 *
 * @throws SyncError when an import of it would fail; the signal's reason
 */
export async function planFile(
  request: PlanFileV1Request,
  { env, store, database }: PlanResources,
  signal: AbortSignal,
): Promise<TablePlan> {
  const { options, synchronizationId } = request;
  const limits = limitsOf(env, options.limits);
  const table = await openStagedTable(store, request, {
    unpackedBytesMax: env.UNPACKED_BYTES_MAX,
    reader: {
      searchPath: env.PATH,
      memoryMegabytes: env.READER_MEMORY_MB,
      layersMax: limits.layers,
      computingSeconds: Math.ceil(request.timeoutMs / 1_000),
      signal,
    },
  });
  try {
    const loaded = await readTable(table.reader, {
      target: countingTarget(database),
      options,
      limits,
      remembered: synchronizationId === null ? [] : await recall(database, synchronizationId, options),
      rejection: { rowsAllowed: env.REJECTED_ROWS_ALLOWED, ratioMax: env.REJECTED_ROWS_MAX_RATIO },
      rejected: new RejectedRows(),
      signal,
    });
    const present = synchronizationId === null ? null : await findPresentTable(database, synchronizationId);
    return describePlan(request, table, loaded, present);
  } finally {
    await table.close();
  }
}

async function recall(
  database: Pool,
  synchronizationId: string,
  options: PlanFileV1Request['options'],
): Promise<RememberedColumn[]> {
  const client = await database.connect();
  try {
    return await recallMemory(client, synchronizationId, options);
  } finally {
    client.release();
  }
}
