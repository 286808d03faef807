import { Run, Synchronization } from '@tidetable/metadata-db';
import type { EntityManager, ObjectLiteral } from 'typeorm';
import type { LogLine } from './run-log.js';

/** The properties of a row that change, and the row's id. */
export interface RowChange<Entity> {
  readonly id: string;
  readonly changes: Partial<Entity>;
}

/** A line for the log of a synchronization, by the names of its columns. */
export interface LoggedLine extends LogLine {
  readonly log_id: string;
  readonly run_id: string;
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
 * Changes rows, each in columns of its own, by one statement: what a row does not set it keeps, as its bit in `given.sets`
 * says. Only columns that some row sets are written. Takes no lock that is not held.
 *
 * Columns are given their types, rather than the rows put over copies of the old ones (`jsonb_populate_record`), since that
 * costs half as much again.
 *
 * Example: `a` gets a state, `b` a state and a name → `SET state = …, name = …`; `a` keeps its name.
 */
async function updateRows<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: new () => Entity,
  rows: readonly RowChange<Entity>[],
): Promise<void> {
  const { tableName, columns } = manager.connection.getMetadata(entity);
  const written = new Map<string, { name: string; type: string; bit: number }>();
  const columnOf = (property: string): { name: string; bit: number } => {
    const known = written.get(property);
    if (known !== undefined) return known;
    const column = columns.find(({ propertyName }) => propertyName === property);
    if (column === undefined) throw new Error(`there is no column for ${property}`);
    const added = { name: column.databaseName, type: String(column.type), bit: 2 ** written.size };
    written.set(property, added);
    return added;
  };
  const data = rows.flatMap(({ id, changes }) => {
    const row: Record<string, unknown> = { row: id, sets: 0 };
    let sets = 0;
    for (const property in changes) {
      if (changes[property] === undefined) continue;
      const { name, bit } = columnOf(property);
      row[name] = changes[property];
      sets += bit;
    }
    row['sets'] = sets;
    return sets === 0 ? [] : [row];
  });
  if (data.length === 0) return;
  const list = [...written.values()];
  const values = list.map(
    ({ name, bit }) => `${name} = CASE given.sets & ${bit} WHEN 0 THEN kept.${name} ELSE given.${name} END`,
  );
  await manager.query(
    `UPDATE ${tableName} AS kept
        SET ${values.join(', ')}
       FROM json_to_recordset($1)
            AS given ("row" uuid, sets bigint, ${list.map(({ name, type }) => `${name} ${type}`).join(', ')})
      WHERE kept.id = given."row"`,
    [JSON.stringify(data)],
  );
}

/** Appends lines to logs, in the order given, inside the transaction of what they tell. */
export async function writeLog(manager: EntityManager, lines: readonly LoggedLine[]): Promise<void> {
  if (lines.length === 0) return;
  await manager.query(
    `INSERT INTO run_log (log_id, run_id, at, level, message)
     SELECT log_id, run_id, at, level, message
       FROM ROWS FROM (json_to_recordset($1) AS (log_id uuid, run_id uuid, at timestamptz, level text, message text))
            WITH ORDINALITY AS line (log_id, run_id, at, level, message, position)
      ORDER BY position`,
    [JSON.stringify(lines)],
  );
}
