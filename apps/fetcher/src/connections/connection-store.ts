import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { StorageService } from '@tidetable/contracts';
import type { Pool, PoolClient } from 'pg';
import {
  type ConnectionRow,
  isSealedBefore,
  openRow,
  openRowIfPossible,
  sealTokens,
  type StoredConnection,
  type Tokens,
} from './connection-row.js';
import { inTransaction } from './database/in-transaction.js';
import { resealConnections, resealRow } from './reseal-connections.js';
import type { Keyring } from './seal-secret.js';

/** What can be told of a connection. */
type ConnectionSummary = Pick<StoredConnection, 'service' | 'state' | 'accountName' | 'connectedAt'>;

/** Whose files a connection leads to. */
export interface ProviderAccount {
  readonly id: string | null;
  readonly name: string | null;
}

/** What becomes of a connection: other tokens, the end of its use, or nothing. */
type Change = Tokens | 'needs-reconnecting' | null;

/** Tokens that exist nowhere else yet are tried to be written after such rests, in milliseconds. */
const writeRestsMs = [100, 500, 1_000, 2_000, 4_000, 8_000];

/** The connections of all accounts, their tokens sealed at rest. */
export class ConnectionStore {
  constructor(
    private readonly database: Pool,
    private readonly keyring: Keyring,
  ) {}

  /** @throws when the database does not answer, or the tokens were altered, moved, or sealed with a key that is gone */
  async find(accountId: string, service: StorageService): Promise<StoredConnection | null> {
    const { rows } = await this.database.query<ConnectionRow>(
      'SELECT * FROM connections WHERE account_id = $1 AND service = $2',
      [accountId, service],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const opened = openRow(this.keyring, row);
    // What can't be sealed anew now is left to the sweeper.
    if (isSealedBefore(this.keyring, row)) {
      await resealRow(this.database, this.keyring, row, opened).catch(() => undefined);
    }
    return opened;
  }

  /** How the connections of an account stand, without their tokens. */
  async list(accountId: string): Promise<ConnectionSummary[]> {
    const { rows } = await this.database.query<ConnectionRow>(
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
    const [refreshToken, accessToken] = sealTokens(this.keyring, row, tokens);
    await this.database.query(
      `INSERT INTO connections (id, account_id, service, provider_account_id, provider_account_name, scope,
                                refresh_token, access_token, access_expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (account_id, service) DO UPDATE SET
         id = excluded.id, state = 'connected', provider_account_id = excluded.provider_account_id,
         provider_account_name = excluded.provider_account_name, scope = excluded.scope,
         refresh_token = excluded.refresh_token, access_token = excluded.access_token,
         access_expires_at = excluded.access_expires_at, generation = 1, connected_at = now(), refreshed_at = now()`,
      [row.id, accountId, service, id, name, scope, refreshToken, accessToken, tokens.accessExpiresAt],
    );
  }

  /**
   * Removes a connection, after `tell` has told the service so; no refresh comes in between. It is removed whatever
   * comes of that, also when its tokens can't be opened any more: they are of no use to anybody then.
   */
  async remove(
    accountId: string,
    service: StorageService,
    tell: (current: StoredConnection) => Promise<boolean>,
  ): Promise<{ wasThere: boolean; serviceTold: boolean }> {
    return inTransaction(this.database, async (client) => {
      const place = [accountId, service];
      const { rows } = await client.query<ConnectionRow>(
        'SELECT * FROM connections WHERE account_id = $1 AND service = $2 FOR UPDATE',
        place,
      );
      const [row] = rows;
      if (row === undefined) return { wasThere: false, serviceTold: false };
      const current = openRowIfPossible(this.keyring, row);
      const serviceTold = current !== null && (await tell(current));
      await client.query('DELETE FROM connections WHERE account_id = $1 AND service = $2', place);
      return { wasThere: true, serviceTold };
    });
  }

  /** Connections to a service whose tokens were not refreshed for so long, in days; some at a time, longest first. */
  async findIdle(service: StorageService, days: number): Promise<string[]> {
    const { rows } = await this.database.query<{ account_id: string }>(
      `SELECT account_id FROM connections
        WHERE service = $1 AND state = 'connected' AND refreshed_at < now() - $2 * interval '1 day'
        ORDER BY refreshed_at LIMIT 100`,
      [service, days],
    );
    return rows.map((row) => row.account_id);
  }

  /** See `resealConnections`. */
  resealAll(signal: AbortSignal): ReturnType<typeof resealConnections> {
    return resealConnections(this.database, this.keyring, signal);
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
    work: (current: StoredConnection) => Promise<Change>,
  ): Promise<StoredConnection | null> {
    let unwritten: { current: StoredConnection; change: Change } | undefined;
    try {
      return await this.inLock(id, async (client, current) => {
        const change = await work(current);
        unwritten = { current, change };
        return this.write(client, current, change);
      });
    } catch (error) {
      if (unwritten === undefined || unwritten.change === null) throw error;
      return this.writeLater(unwritten.current, unwritten.change, error);
    }
  }

  private inLock(
    id: string,
    work: (client: PoolClient, current: StoredConnection) => Promise<StoredConnection>,
  ): Promise<StoredConnection | null> {
    return inTransaction(this.database, async (client) => {
      const { rows } = await client.query<ConnectionRow>(
        'SELECT * FROM connections WHERE id = $1 FOR UPDATE',
        [id],
      );
      return rows[0] === undefined ? null : work(client, openRow(this.keyring, rows[0]));
    });
  }

  /** Whoever found the row in between must not have gone on from it: the generation tells. */
  private async writeLater(
    known: StoredConnection,
    change: Change,
    cause: unknown,
  ): Promise<StoredConnection | null> {
    for (const restMs of writeRestsMs) {
      await delay(restMs);
      try {
        return await this.inLock(known.id, async (client, found) =>
          found.generation === known.generation ? this.write(client, found, change) : found,
        );
      } catch {
        // After the last rest it is the failure that began this which is told.
      }
    }
    throw cause;
  }

  private async write(
    client: PoolClient,
    current: StoredConnection,
    change: Change,
  ): Promise<StoredConnection> {
    const { id, accountId, service, generation } = current;
    if (change === null) return current;
    if (change === 'needs-reconnecting') {
      await client.query(`UPDATE connections SET state = 'needs-reconnecting' WHERE id = $1`, [id]);
      return { ...current, state: change };
    }
    const sealed = sealTokens(this.keyring, { id, account_id: accountId, service }, change);
    await client.query(
      `UPDATE connections SET state = 'connected', refresh_token = $2, access_token = $3, access_expires_at = $4,
              generation = $5, refreshed_at = now() WHERE id = $1`,
      [id, ...sealed, change.accessExpiresAt, generation + 1],
    );
    return { ...current, ...change, state: 'connected', generation: generation + 1 };
  }
}
