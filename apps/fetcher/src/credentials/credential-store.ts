import type { BasicAuth, KeepCredentialsV1Request, RequestHeaders, Source } from '@tidetable/contracts';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../connections/database/in-transaction.js';
import { type Keyring, openSecret, sealSecret } from '../connections/seal-secret.js';
import { basicAuthorization, type Credentials } from '../download/credentials.js';

/** Whose credentials are meant. */
export type CredentialsOf = NonNullable<Extract<Source, { kind: 'url' }>['credentialsOf']>;

/** What the requests of a synchronization carry, in the clear: never to leave the fetcher. */
interface Secret {
  readonly headers: RequestHeaders;
  readonly basicAuth: BasicAuth | null;
}

/** What may be told of it. */
export interface KeptCredentials {
  readonly headerNames: string[];
  readonly hasBasicAuth: boolean;
}

interface Row {
  synchronization_id: string;
  account_id: string;
  origin: string;
  secret: string;
}

type RowPlace = Omit<Row, 'secret'>;

const nothing: Secret = { headers: {}, basicAuth: null };

/** What the requests for URLs carry beside them, sealed at rest: for one synchronization, account and origin each. */
export class CredentialStore {
  constructor(
    private readonly database: Pool,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Changes what is kept: what is absent stays, `null` removes. What was for another origin is forgotten. Of several
   * at once, each finds what the one before left.
   * Returns what is kept then, or that it would name two users at once, which changes nothing.
   */
  async keep(request: KeepCredentialsV1Request): Promise<KeptCredentials | 'two-authorizations'> {
    const { synchronizationId, accountId: account_id, origin, headers, basicAuth } = request;
    const place = { synchronization_id: synchronizationId, account_id, origin };
    return this.inTurn(synchronizationId, async (client) => {
      const before = await this.read(client, place);
      const after = {
        headers: headers === undefined ? before.headers : (headers ?? {}),
        basicAuth: basicAuth === undefined ? before.basicAuth : basicAuth,
      };
      const headerNames = Object.keys(after.headers);
      const hasBasicAuth = after.basicAuth !== null;
      if (hasBasicAuth && headerNames.some((name) => name.toLowerCase() === 'authorization'))
        return 'two-authorizations';
      await this.write(client, place, headerNames.length === 0 && !hasBasicAuth ? null : after);
      return { headerNames, hasBasicAuth };
    });
  }

  /**
   * What the requests of a synchronization carry, and to which origin; `null` when nothing is kept.
   * @throws when the database does not answer, or the row was altered or sealed with a key that is gone
   */
  async find({ synchronizationId, accountId }: CredentialsOf): Promise<Credentials | null> {
    const { rows } = await this.database.query<Row>(
      'SELECT * FROM url_credentials WHERE synchronization_id = $1 AND account_id = $2',
      [synchronizationId, accountId],
    );
    if (rows[0] === undefined) return null;
    const { headers, basicAuth } = this.open(rows[0]);
    return {
      origin: rows[0].origin,
      headers: basicAuth === null ? headers : { ...headers, Authorization: basicAuthorization(basicAuth) },
    };
  }

  /** Up to `limit` synchronizations after this one that had something for longer than `ageMs`, in order. */
  async listOlder(ageMs: number, after: string | null, limit: number): Promise<string[]> {
    const { rows } = await this.database.query<{ id: string }>(
      `SELECT synchronization_id AS id FROM url_credentials
        WHERE kept_at < now() - $1 * interval '1 millisecond' AND ($2::uuid IS NULL OR synchronization_id > $2)
        ORDER BY synchronization_id LIMIT $3`,
      [ageMs, after, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Forgets what is kept for these. Returns for how many there was something. */
  async remove(synchronizationIds: readonly string[]): Promise<number> {
    const { rowCount } = await this.database.query(
      'DELETE FROM url_credentials WHERE synchronization_id = ANY($1::uuid[])',
      [synchronizationIds],
    );
    return rowCount ?? 0;
  }

  /**
   * Seals anew what an old key has sealed, so that the key can be taken away; what a key has sealed that is gone
   * already stays as it is. Returns how many were sealed.
   */
  async reseal(): Promise<number> {
    const { rows } = await this.database.query<Row>(
      `SELECT * FROM url_credentials WHERE split_part(secret, '.', 2) <> $1`,
      [this.keyring.current],
    );
    let resealed = 0;
    for (const row of rows.filter(({ secret }) => canOpen(this.keyring, secret))) {
      const secret = sealSecret(this.keyring, JSON.stringify(this.open(row)), placeOf(row));
      // Whoever changed it meanwhile has sealed it with a key of today.
      const { rowCount } = await this.database.query(
        'UPDATE url_credentials SET secret = $3 WHERE synchronization_id = $1 AND secret = $2',
        [row.synchronization_id, row.secret, secret],
      );
      resealed += rowCount ?? 0;
    }
    return resealed;
  }

  private async read(client: PoolClient, place: RowPlace): Promise<Secret> {
    const { rows } = await client.query<Row>('SELECT * FROM url_credentials WHERE synchronization_id = $1', [
      place.synchronization_id,
    ]);
    if (rows[0] !== undefined && rows[0].account_id !== place.account_id)
      throw new Error('the synchronization has credentials of another account');
    return rows[0]?.origin === place.origin ? this.open(rows[0]) : nothing;
  }

  private async write(client: PoolClient, place: RowPlace, secret: Secret | null): Promise<void> {
    const { synchronization_id, account_id, origin } = place;
    if (secret === null) {
      await client.query('DELETE FROM url_credentials WHERE synchronization_id = $1', [synchronization_id]);
      return;
    }
    const sealed = sealSecret(this.keyring, JSON.stringify(secret), placeOf(place));
    await client.query(
      `INSERT INTO url_credentials (synchronization_id, account_id, origin, secret) VALUES ($1, $2, $3, $4)
       ON CONFLICT (synchronization_id) DO UPDATE SET
         origin = excluded.origin, secret = excluded.secret, kept_at = now()`,
      [synchronization_id, account_id, origin, sealed],
    );
  }

  private open(row: Row): Secret {
    return JSON.parse(openSecret(this.keyring, row.secret, placeOf(row))) as Secret;
  }

  /** A transaction that those about the same synchronization wait for. */
  private inTurn<T>(synchronizationId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.database, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [synchronizationId]);
      return work(client);
    });
  }
}

/** Where a secret stands; it opens nowhere else. */
function placeOf({ synchronization_id, account_id, origin }: RowPlace): string {
  return `url_credentials|${synchronization_id}|${account_id}|${origin}|secret`;
}

function canOpen({ keys }: Keyring, sealed: string): boolean {
  return keys.has(sealed.split('.')[1] ?? '');
}
