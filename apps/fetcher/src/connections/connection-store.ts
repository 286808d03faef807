import type { StorageService } from '@tidetable/contracts';
import type { Pool, PoolClient } from 'pg';
import { type Keyring, openSecret, sealSecret } from './seal-secret.js';

/** What a service gives for an authorization, and again at every refresh. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accessExpiresAt: Date;
}

/** An account's connection to a service, with its tokens in the clear: never to leave the fetcher. */
export interface StoredConnection extends Tokens {
  readonly id: string;
  readonly accountId: string;
  readonly service: StorageService;
  readonly state: 'connected' | 'needs-reconnecting';
  readonly accountName: string | null;
  readonly connectedAt: Date;
}

interface Row {
  id: string;
  account_id: string;
  service: StorageService;
  state: StoredConnection['state'];
  provider_account_name: string | null;
  refresh_token: string;
  access_token: string;
  access_expires_at: Date;
  connected_at: Date;
}

/** Whose files a connection leads to. */
export interface ProviderAccount {
  readonly id: string | null;
  readonly name: string | null;
}

/** The connections of all accounts, their tokens sealed at rest. */
export class ConnectionStore {
  constructor(
    private readonly database: Pool,
    private readonly keyring: Keyring,
  ) {}

  async find(accountId: string, service: StorageService): Promise<StoredConnection | null> {
    const { rows } = await this.database.query<Row>(
      'SELECT * FROM connections WHERE account_id = $1 AND service = $2',
      [accountId, service],
    );
    return rows[0] === undefined ? null : this.open(rows[0]);
  }

  /** How the connections of an account stand, without their tokens. */
  async list(
    accountId: string,
  ): Promise<Pick<StoredConnection, 'service' | 'state' | 'accountName' | 'connectedAt'>[]> {
    const { rows } = await this.database.query<Row>(
      'SELECT service, state, provider_account_name, connected_at FROM connections WHERE account_id = $1',
      [accountId],
    );
    return rows.map((row) => ({
      service: row.service,
      state: row.state,
      accountName: row.provider_account_name,
      connectedAt: row.connected_at,
    }));
  }

  /** Stores a connection in the place of an earlier one. */
  async save(
    accountId: string,
    service: StorageService,
    tokens: Tokens,
    { id, name }: ProviderAccount,
  ): Promise<void> {
    // The place of a secret is its row, so the row's id has to be known before it is written.
    const { rows } = await this.database.query<{ id: string }>(
      `SELECT coalesce((SELECT id FROM connections WHERE account_id = $1 AND service = $2), gen_random_uuid()) AS id`,
      [accountId, service],
    );
    const row = { id: rows[0]!.id, account_id: accountId, service };
    await this.database.query(
      `INSERT INTO connections (id, account_id, service, provider_account_id, provider_account_name,
                                refresh_token, access_token, access_expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (account_id, service) DO UPDATE SET
         id = excluded.id, state = 'connected', provider_account_id = excluded.provider_account_id,
         provider_account_name = excluded.provider_account_name, refresh_token = excluded.refresh_token,
         access_token = excluded.access_token, access_expires_at = excluded.access_expires_at,
         connected_at = now(), refreshed_at = now()`,
      [row.id, accountId, service, id, name, ...this.sealed(row, tokens)],
    );
  }

  /** Removes a connection; true when there was one. */
  async remove(accountId: string, service: StorageService): Promise<boolean> {
    const { rowCount } = await this.database.query(
      'DELETE FROM connections WHERE account_id = $1 AND service = $2',
      [accountId, service],
    );
    return rowCount === 1;
  }

  /**
   * Works on a connection while every other fetcher waits for it: the row is locked, and what `work` returns is stored
   * and committed before anybody sees it. `null` leaves it as it is; `'needs-reconnecting'` gives it up.
   * Returns the connection as it is then; `null` when it was removed meanwhile.
   */
  async change(
    id: string,
    work: (current: StoredConnection) => Promise<Tokens | 'needs-reconnecting' | null>,
  ): Promise<StoredConnection | null> {
    const client = await this.database.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<Row>('SELECT * FROM connections WHERE id = $1 FOR UPDATE', [id]);
      if (rows[0] === undefined) return null;
      const current = this.open(rows[0]);
      const changed = await work(current);
      if (changed === null) return current;
      const after = await this.write(client, rows[0], current, changed);
      await client.query('COMMIT');
      return after;
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
      client.release();
    }
  }

  private async write(
    client: PoolClient,
    row: Row,
    current: StoredConnection,
    changed: Tokens | 'needs-reconnecting',
  ): Promise<StoredConnection> {
    if (changed === 'needs-reconnecting') {
      await client.query(`UPDATE connections SET state = 'needs-reconnecting' WHERE id = $1`, [row.id]);
      return { ...current, state: changed };
    }
    await client.query(
      `UPDATE connections SET state = 'connected', refresh_token = $2, access_token = $3, access_expires_at = $4,
              refreshed_at = now() WHERE id = $1`,
      [row.id, ...this.sealed(row, changed)],
    );
    return { ...current, ...changed, state: 'connected' };
  }

  private open(row: Row): StoredConnection {
    return {
      id: row.id,
      accountId: row.account_id,
      service: row.service,
      state: row.state,
      accountName: row.provider_account_name,
      connectedAt: row.connected_at,
      refreshToken: openSecret(this.keyring, row.refresh_token, placeOf(row, 'refresh_token')),
      accessToken: openSecret(this.keyring, row.access_token, placeOf(row, 'access_token')),
      accessExpiresAt: row.access_expires_at,
    };
  }

  private sealed(
    row: Pick<Row, 'id' | 'account_id' | 'service'>,
    tokens: Tokens,
  ): [refreshToken: string, accessToken: string, accessExpiresAt: Date] {
    return [
      sealSecret(this.keyring, tokens.refreshToken, placeOf(row, 'refresh_token')),
      sealSecret(this.keyring, tokens.accessToken, placeOf(row, 'access_token')),
      tokens.accessExpiresAt,
    ];
  }
}

/** Where a secret stands; it opens nowhere else. */
function placeOf(
  { id, account_id, service }: Pick<Row, 'id' | 'account_id' | 'service'>,
  column: string,
): string {
  return `connections|${id}|${account_id}|${service}|${column}`;
}
