import { randomUUID } from 'node:crypto';
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
  /** Another one for every other pair of tokens. */
  readonly generation: number;
  readonly accountName: string | null;
  readonly connectedAt: Date;
}

/** What can be told of a connection. */
export type ConnectionSummary = Pick<StoredConnection, 'service' | 'state' | 'accountName' | 'connectedAt'>;

/** Whose files a connection leads to, and what the customer agreed to. */
export interface ProviderAccount {
  readonly id: string | null;
  readonly name: string | null;
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
  generation: number;
  connected_at: Date;
}

type RowPlace = Pick<Row, 'id' | 'account_id' | 'service'>;

/** A row lock ends with its session when its fetcher hangs for so long, in milliseconds. */
const holdMsMax = 60_000;
/** How often, and with which rests, tokens that exist nowhere else yet are tried to be written, in milliseconds. */
const writeRestsMs = [100, 500, 1_000, 2_000, 4_000, 8_000];

/** The connections of all accounts, their tokens sealed at rest. */
export class ConnectionStore {
  constructor(
    private readonly database: Pool,
    private readonly keyring: Keyring,
  ) {}

  /** @throws when the database does not answer, or the tokens were altered, moved, or sealed with a key that is gone */
  async find(accountId: string, service: StorageService): Promise<StoredConnection | null> {
    const { rows } = await this.database.query<Row>(
      'SELECT * FROM connections WHERE account_id = $1 AND service = $2',
      [accountId, service],
    );
    return rows[0] === undefined ? null : this.open(rows[0]);
  }

  /** How the connections of an account stand, without their tokens. */
  async list(accountId: string): Promise<ConnectionSummary[]> {
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

  /**
   * Stores a connection in the place of an earlier one. It is another row with another id then, as secrets open in their
   * own row only; who refreshes the earlier one finds it gone.
   */
  async save(
    accountId: string,
    service: StorageService,
    tokens: Tokens,
    { id, name, scope }: ProviderAccount & { scope: string | null },
  ): Promise<void> {
    const row = { id: randomUUID(), account_id: accountId, service };
    await this.database.query(
      `INSERT INTO connections (id, account_id, service, provider_account_id, provider_account_name, scope,
                                refresh_token, access_token, access_expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (account_id, service) DO UPDATE SET
         id = excluded.id, state = 'connected', provider_account_id = excluded.provider_account_id,
         provider_account_name = excluded.provider_account_name, scope = excluded.scope,
         refresh_token = excluded.refresh_token, access_token = excluded.access_token,
         access_expires_at = excluded.access_expires_at, generation = 1, connected_at = now(), refreshed_at = now()`,
      [row.id, accountId, service, id, name, scope, ...this.sealed(row, tokens)],
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
   * Returns the connection as it is then; `null` when it was removed, or connected anew, meanwhile.
   *
   * Should the database go away while `work` is under way, what it returned is written as soon as the database is back,
   * for a while: the service may have spent the earlier refresh token already.
   */
  async change(
    id: string,
    work: (current: StoredConnection) => Promise<Tokens | 'needs-reconnecting' | null>,
  ): Promise<StoredConnection | null> {
    let done: { current: StoredConnection; changed: Tokens | 'needs-reconnecting' } | undefined;
    try {
      return await this.inLock(id, async (client, current) => {
        const changed = await work(current);
        if (changed === null) return current;
        done = { current, changed };
        return this.write(client, current, changed);
      });
    } catch (error) {
      if (done === undefined) throw error;
      return this.writeLater(done.current, done.changed, error);
    }
  }

  /** The lock is held by a transaction; the server ends one whose fetcher does not come back. */
  private async inLock(
    id: string,
    work: (client: PoolClient, current: StoredConnection) => Promise<StoredConnection>,
  ): Promise<StoredConnection | null> {
    const client = await this.database.connect();
    let isBroken = false;
    try {
      await client.query('BEGIN');
      await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${holdMsMax}`);
      const { rows } = await client.query<Row>('SELECT * FROM connections WHERE id = $1 FOR UPDATE', [id]);
      const after = rows[0] === undefined ? null : await work(client, this.open(rows[0]));
      await client.query('COMMIT');
      return after;
    } catch (error) {
      isBroken = await client.query('ROLLBACK').then(
        () => false,
        () => true,
      );
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  private async writeLater(
    current: StoredConnection,
    changed: Tokens | 'needs-reconnecting',
    cause: unknown,
  ): Promise<StoredConnection | null> {
    for (const restMs of writeRestsMs) {
      await new Promise((resolve) => setTimeout(resolve, restMs));
      try {
        return await this.inLock(current.id, async (client, found) =>
          // Another generation: the transaction was committed after all, or somebody went on from there.
          found.generation === current.generation ? this.write(client, current, changed) : found,
        );
      } catch {
        // The last rest is followed by the failure that began it.
      }
    }
    throw cause;
  }

  private async write(
    client: PoolClient,
    current: StoredConnection,
    changed: Tokens | 'needs-reconnecting',
  ): Promise<StoredConnection> {
    const { id, accountId: account_id, service, generation } = current;
    if (changed === 'needs-reconnecting') {
      await client.query(`UPDATE connections SET state = 'needs-reconnecting' WHERE id = $1`, [id]);
      return { ...current, state: changed };
    }
    await client.query(
      `UPDATE connections SET state = 'connected', refresh_token = $2, access_token = $3, access_expires_at = $4,
              generation = $5, refreshed_at = now() WHERE id = $1`,
      [id, ...this.sealed({ id, account_id, service }, changed), generation + 1],
    );
    return { ...current, ...changed, state: 'connected', generation: generation + 1 };
  }

  private open(row: Row): StoredConnection {
    return {
      id: row.id,
      accountId: row.account_id,
      service: row.service,
      state: row.state,
      generation: row.generation,
      accountName: row.provider_account_name,
      connectedAt: row.connected_at,
      refreshToken: openSecret(this.keyring, row.refresh_token, placeOf(row, 'refresh_token')),
      accessToken: openSecret(this.keyring, row.access_token, placeOf(row, 'access_token')),
      accessExpiresAt: row.access_expires_at,
    };
  }

  private sealed(
    row: RowPlace,
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
function placeOf({ id, account_id, service }: RowPlace, column: string): string {
  return `connections|${id}|${account_id}|${service}|${column}`;
}
