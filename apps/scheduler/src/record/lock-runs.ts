import { Run, Synchronization } from '@tidetable/metadata-db';
import type { DataSource, EntityManager } from 'typeorm';
import type { RunReference } from '../run-reference.js';

/** What deciding needs to know of a run; reading no more than that is half the cost. */
const runProperties = ['id', 'runNumber', 'trigger', 'requestedAt', 'startedAt', 'deadlineAt'] as const;

/** And of its synchronization. */
const synchronizationProperties = [
  'id',
  'accountId',
  'logId',
  'state',
  'deletedAt',
  'intervalSeconds',
  'cron',
  'timeZone',
  'retriedTimes',
  'soonTries',
  'stopped',
  'pushedAt',
  'name',
  'runAt',
  'serviceName',
  'failureCode',
  'sourceChangedAt',
] as const;

/** What each is called in a row that holds both. */
const runKeys = runProperties.map((property) => `run.${property}`);
const synchronizationKeys = synchronizationProperties.map((property) => `synchronization.${property}`);

/** A run that is open and locked, its synchronization, and what time it is. */
export interface LockedRun {
  readonly run: Pick<Run, (typeof runProperties)[number]>;
  readonly synchronization: Pick<Synchronization, (typeof synchronizationProperties)[number]>;
  /** The database's clock, read after both rows were locked. */
  readonly now: Date;
}

/**
 * Locks those of the runs that are open, for the rest of the transaction, and returns them. A run that has ended, is
 * unknown, or belongs to another synchronization is not among them.
 *
 * Rows are locked in the order of the synchronizations' ids, each synchronization before its run, as in the claim and in
 * cascading deletions: so two who lock many never wait for each other in a circle. Two who record the same run take
 * turns at its synchronization, and the second one finds the run ended, since a row that changed while it was waited for
 * is looked at again. Keys are not changed, so a claim that refers to a row does not wait for its lock.
 *
 * Each row is looked up and locked by itself, in the order of the list: a join would leave both the order and the way to the
 * planner, which knows little of tables that change so fast. The clock is read once both locks are there.
 */
export async function lockOpenRuns(
  manager: EntityManager,
  references: readonly RunReference[],
): Promise<LockedRun[]> {
  const rows = await manager.query<Record<string, unknown>[]>(
    `SELECT s.*, r.*, clock_timestamp() AS now
       FROM (SELECT run_id, synchronization_id
               FROM unnest($1::uuid[], $2::uuid[]) AS given (run_id, synchronization_id)
              ORDER BY synchronization_id, run_id) AS wanted
      CROSS JOIN LATERAL (
        SELECT ${columns(manager.connection, Synchronization, synchronizationProperties, synchronizationKeys)}
          FROM synchronizations
         WHERE id = wanted.synchronization_id
           FOR NO KEY UPDATE) AS s
      CROSS JOIN LATERAL (
        SELECT ${columns(manager.connection, Run, runProperties, runKeys)}
          FROM runs
         WHERE id = wanted.run_id AND synchronization_id = wanted.synchronization_id AND outcome IS NULL
           FOR NO KEY UPDATE) AS r`,
    [references.map(({ runId }) => runId), references.map(({ synchronizationId }) => synchronizationId)],
  );
  return rows.map((row) => ({
    run: picked(row, runKeys, runProperties) as unknown as LockedRun['run'],
    synchronization: picked(
      row,
      synchronizationKeys,
      synchronizationProperties,
    ) as unknown as LockedRun['synchronization'],
    now: row['now'] as Date,
  }));
}

/** The columns of an entity's properties, each under the name that it is to have. */
function columns(
  database: DataSource,
  entity: typeof Run | typeof Synchronization,
  properties: readonly string[],
  names: readonly string[],
): string {
  const { columns: all } = database.getMetadata(entity);
  return properties
    .map((property, at) => {
      const column = all.find(({ propertyName }) => propertyName === property);
      if (column === undefined) throw new Error(`there is no column for ${property}`);
      return `${column.databaseName} AS "${names[at]}"`;
    })
    .join(', ');
}

function picked(
  row: Record<string, unknown>,
  keys: readonly string[],
  properties: readonly string[],
): Record<string, unknown> {
  const part: Record<string, unknown> = {};
  for (let at = 0; at < keys.length; at += 1) part[properties[at]!] = row[keys[at]!];
  return part;
}
