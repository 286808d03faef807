import type { Pool } from 'pg';
import { type ConnectionRow, openRowIfPossible, sealTokens, type Tokens } from './connection-row.js';
import type { Keyring } from './seal-secret.js';

/**
 * Seals with the current key what was sealed with another one. Rows that somebody works on are left for the next time,
 * and so are those whose key is gone. Tells how many it were, and the keys that rows name now.
 */
export async function resealConnections(
  database: Pool,
  keyring: Keyring,
  signal: AbortSignal,
): Promise<{ resealed: number; keysInUse: string[] }> {
  const { rows } = await database.query<ConnectionRow>(
    `SELECT * FROM connections
      WHERE split_part(refresh_token, '.', 2) <> $1 OR split_part(access_token, '.', 2) <> $1`,
    [keyring.current],
  );
  let resealed = 0;
  for (const row of rows) {
    signal.throwIfAborted();
    const opened = openRowIfPossible(keyring, row);
    if (opened !== null && (await resealRow(database, keyring, row, opened))) resealed += 1;
  }
  const used = await database.query<{ id: string }>(
    `SELECT DISTINCT split_part(token, '.', 2) AS id
       FROM connections, unnest(ARRAY[refresh_token, access_token]) AS token ORDER BY id`,
  );
  return { resealed, keysInUse: used.rows.map(({ id }) => id) };
}

/** The same tokens under the current key, unless the row is being worked on or is another by now. */
export async function resealRow(
  database: Pool,
  keyring: Keyring,
  row: ConnectionRow,
  tokens: Tokens,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `UPDATE connections SET refresh_token = $2, access_token = $3
      WHERE id = (SELECT id FROM connections WHERE id = $1 AND refresh_token = $4 AND access_token = $5
                     FOR UPDATE SKIP LOCKED)`,
    [row.id, ...sealTokens(keyring, row, tokens), row.refresh_token, row.access_token],
  );
  return rowCount === 1;
}
