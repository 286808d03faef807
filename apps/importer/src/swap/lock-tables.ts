import { type Client, escapeIdentifier } from 'pg';

/** Something was attached to the table, or taken off it, while its successor was being prepared: begin again. */
export class AttachmentsChangedError extends Error {
  override readonly name = 'AttachmentsChangedError';
}

/**
 * Locks a table that is to be exchanged, together with all that the exchange changes besides it: the views that read
 * it, the tables whose foreign keys point to it, and those to which its own point.
 *
 * Others lock in the order view, table or child, parent, so the table comes last here too; and all of it is one
 * statement that gives up after `timeoutMs`. While that is shorter than the server's `deadlock_timeout` (a second,
 * unless somebody changed it), whoever stands in a circle with us is never the one who is cancelled.
 *
 * Sets an empty `search_path`, so that from then on every name that PostgreSQL writes into a statement is complete.
 *
 * @throws DatabaseError 57014 when it took too long
 * @throws AttachmentsChangedError when there was more to lock in the end than in the beginning
 */
export async function lockForExchange(
  client: Client,
  schema: string,
  table: string,
  timeoutMs: number,
): Promise<{ oid: string }> {
  await client.query(`SET LOCAL search_path = ''`);
  const name = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
  const before = await readCompanions(client, name);
  await client.query(`SET LOCAL statement_timeout = ${timeoutMs}`);
  await client.query(`LOCK TABLE ${[...before.companions, name].join(', ')} IN ACCESS EXCLUSIVE MODE`);
  await client.query('SET LOCAL statement_timeout = 0');
  const after = await readCompanions(client, name);
  if (JSON.stringify(after) !== JSON.stringify(before)) {
    throw new AttachmentsChangedError('what is attached to the table changed');
  }
  return { oid: after.oid };
}

async function readCompanions(client: Client, name: string): Promise<{ oid: string; companions: string[] }> {
  const { rows } = await client.query<{ oid: string; companions: string[] }>(
    `SELECT t.oid, ARRAY(
       SELECT DISTINCT c.oid::regclass::text FROM (
         SELECT r.ev_class AS oid FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
          WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
         UNION SELECT conrelid FROM pg_constraint WHERE contype = 'f' AND confrelid = t.oid
         UNION SELECT confrelid FROM pg_constraint WHERE contype = 'f' AND conrelid = t.oid
       ) related JOIN pg_class c USING (oid)
       -- Materialized views cannot be locked so; who reads one reads its own rows and does not need the table.
       WHERE c.oid <> t.oid AND c.relkind IN ('v', 'r', 'p')
       ORDER BY 1) AS companions
     FROM (SELECT to_regclass($1)::oid AS oid) t`,
    [name],
  );
  return rows[0]!;
}
