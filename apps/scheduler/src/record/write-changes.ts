import { Run, Synchronization } from '@tidetable/metadata-db';
import type { EntityManager, ObjectLiteral } from 'typeorm';
import type { LogLine } from './run-log.js';

/** The properties of a row that change, and the row's id. */
export interface RowChange<Entity> {
  readonly id: string;
  readonly changes: Partial<Entity>;
}

/** A line for the log of a synchronization. */
export interface LoggedLine extends LogLine {
  readonly logId: string;
  readonly runId: string;
}

/** Changes runs, which the transaction has locked, by one statement. */
export async function updateRuns(manager: EntityManager, rows: readonly RowChange<Run>[]): Promise<void> {
  await updateRows(manager, Run, rows);
}

/** Changes synchronizations, which the transaction has locked, by one statement. */
export async function updateSynchronizations(
  manager: EntityManager,
  rows: readonly RowChange<Synchronization>[],
): Promise<void> {
  await updateRows(manager, Synchronization, rows);
}

/**
 * Changes rows, each in columns of its own, by one statement: what a row does not set it keeps, by taking a copy of the
 * whole row and putting the changes over it. Only columns that some row sets are written. Takes no lock that is not held.
 *
 * Example: `a` gets a state, `b` a state and a name → `SET (state, name) = …`; `a` keeps its name.
 */
async function updateRows<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: new () => Entity,
  rows: readonly RowChange<Entity>[],
): Promise<void> {
  const { tableName, columns } = manager.connection.getMetadata(entity);
  const names = new Map(columns.map(({ propertyName, databaseName }) => [propertyName, databaseName]));
  const written = new Set<string>();
  const data = rows.flatMap(({ id, changes }) => {
    const named: Record<string, unknown> = {};
    for (const [property, value] of Object.entries(changes)) {
      const name = names.get(property);
      if (name === undefined) throw new Error(`there is no column for ${property}`);
      if (value === undefined) continue;
      named[name] = value;
      written.add(name);
    }
    return Object.keys(named).length === 0 ? [] : [{ id, changes: named }];
  });
  if (data.length === 0) return;
  const list = [...written];
  await manager.query(
    `UPDATE ${tableName} AS kept
        SET (${list.join(', ')}) = (SELECT ${list.map((name) => `changed.${name}`).join(', ')}
                                      FROM jsonb_populate_record(kept, given.changes) AS changed)
       FROM jsonb_to_recordset($1) AS given (id uuid, changes jsonb)
      WHERE kept.id = given.id`,
    [JSON.stringify(data)],
  );
}

/** Appends lines to logs, in the order given, inside the transaction of what they tell. */
export async function writeLog(manager: EntityManager, lines: readonly LoggedLine[]): Promise<void> {
  if (lines.length === 0) return;
  await manager.query(
    `INSERT INTO run_log (log_id, run_id, at, level, message)
     SELECT line.log_id, line.run_id, line.at, line.level, line.message
       FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[])
            WITH ORDINALITY AS line (log_id, run_id, at, level, message, position)
      ORDER BY line.position`,
    [
      lines.map(({ logId }) => logId),
      lines.map(({ runId }) => runId),
      lines.map(({ at }) => at.toISOString()),
      lines.map(({ level }) => level),
      lines.map(({ message }) => message),
    ],
  );
}
