import type { Client } from 'pg';
import { loginsTable, readersTable } from '../swap/ledger.js';
import { dropLoginRole } from './login-role.js';
import { grantWhatIsThere } from './reader-role.js';

/** So many accounts are asked about at once. */
const askedMax = 1_000;

/** Ends the logins of accounts that are not active. Returns how many. */
export async function endDisabledLogins(
  client: Client,
  whichActive: (accountIds: readonly string[]) => Promise<string[]>,
): Promise<number> {
  let ended = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await client.query<{ id: string }>(
      `SELECT DISTINCT account_id AS id FROM ${loginsTable} WHERE account_id > $1 ORDER BY 1 LIMIT $2`,
      [after, askedMax],
    );
    if (rows.length === 0) return ended;
    const ids = rows.map(({ id }) => id);
    const active = new Set(await whichActive(ids));
    for (const id of ids) if (!active.has(id)) ended += await endLogins(client, id);
    after = ids.at(-1)!;
  }
}

async function endLogins(client: Client, accountId: string): Promise<number> {
  const { rows } = await client.query<{ id: string; role_name: string }>(
    `SELECT id, role_name FROM ${loginsTable} WHERE account_id = $1`,
    [accountId],
  );
  for (const { id, role_name: name } of rows) {
    await dropLoginRole(client, name);
    await client.query(`DELETE FROM ${loginsTable} WHERE id = $1`, [id]);
  }
  return rows.length;
}

/**
 * Grants new readers what they missed: a table whose swap began before the reader was there, and ended after everything
 * that was there had been granted.
 */
export async function grantWhatWasMissed(client: Client): Promise<void> {
  const { rows } = await client.query<{ schema_name: string; role_name: string }>(
    `SELECT schema_name, role_name FROM ${readersTable} WHERE created_at > now() - interval '15 minutes'`,
  );
  for (const { schema_name: schema, role_name: role } of rows) await grantWhatIsThere(client, schema, role);
}
