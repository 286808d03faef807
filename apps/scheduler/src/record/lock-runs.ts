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

/** A run that is open and locked, its synchronization, and what time it is. */
export interface LockedRun {
  readonly run: Pick<Run, (typeof runProperties)[number]>;
  readonly synchronization: Pick<Synchronization, (typeof synchronizationProperties)[number]>;
  /** The database's clock, read after both rows were locked. */
  readonly now: Date;
}

/**
 * Locks those of the runs that are open, for the rest of the transaction, and returns them by their ids. A run that has
 * ended, is unknown, or belongs to another synchronization is not among them.
 *
 * Rows are locked in the order of the synchronizations' ids, each synchronization before its run, as in the claim and in
 * cascading deletions: so two who lock many never wait for each other in a circle. Two who record the same run take
 * turns at its synchronization, and the second one finds the run ended, since a row that changed while it was waited for
 * is looked at again. Keys are not changed, so a claim that refers to a row does not wait for its lock.
 *
 * Each row is looked up and locked by itself, in the order of the list: a join would leave both the order and the way to the
 * planner, and it reads whole tables where it knows too little about them. The clock is read once both locks are there.
 */
export async function lockOpenRuns(
  manager: EntityManager,
  references: readonly RunReference[],
): Promise<Map<string, LockedRun>> {
  const rows = await manager.query<Record<string, unknown>[]>(
    `SELECT s.*, r.*, clock_timestamp() AS now
       FROM (SELECT run_id, synchronization_id
               FROM unnest($1::uuid[], $2::uuid[]) AS given (run_id, synchronization_id)
              ORDER BY synchronization_id, run_id) AS wanted
      CROSS JOIN LATERAL (
        SELECT ${columns(manager.connection, Synchronization, synchronizationProperties, 'synchronization')}
          FROM synchronizations
         WHERE id = wanted.synchronization_id
           FOR NO KEY UPDATE) AS s
      CROSS JOIN LATERAL (
        SELECT ${columns(manager.connection, Run, runProperties, 'run')}
          FROM runs
         WHERE id = wanted.run_id AND synchronization_id = wanted.synchronization_id AND outcome IS NULL
           FOR NO KEY UPDATE) AS r`,
    [references.map(({ runId }) => runId), references.map(({ synchronizationId }) => synchronizationId)],
  );
  return new Map(rows.map(lockedRun).map((locked) => [locked.run.id, locked]));
}

/** The columns of an entity's properties, each under the property's name after a mark that tells whose it is. */
function columns(
  database: DataSource,
  entity: typeof Run | typeof Synchronization,
  properties: readonly string[],
  mark: string,
): string {
  const { columns: all } = database.getMetadata(entity);
  return properties
    .map((property) => {
      const column = all.find(({ propertyName }) => propertyName === property);
      if (column === undefined) throw new Error(`there is no column for ${property}`);
      return `${column.databaseName} AS "${mark}.${property}"`;
    })
    .join(', ');
}

function lockedRun(row: Record<string, unknown>): LockedRun {
  const part = (mark: string, properties: readonly string[]): unknown =>
    Object.fromEntries(properties.map((property) => [property, row[`${mark}.${property}`]]));
  return {
    run: part('run', runProperties) as LockedRun['run'],
    synchronization: part('synchronization', synchronizationProperties) as LockedRun['synchronization'],
    now: row['now'] as Date,
  };
}
