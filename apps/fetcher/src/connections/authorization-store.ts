import { createHash, randomBytes } from 'node:crypto';
import type { StorageService } from '@tidetable/contracts';
import type { Pool } from 'pg';
import { type Keyring, openSecret, sealSecret } from './seal-secret.js';

const stateBytes = 32;
/** How long a customer may take at the service. */
const lifetimeMs = 10 * 60_000;
/** How many of an account may be under way; beginning another one ends the oldest. */
const perAccountMax = 20;

/** A customer on the way to a service. */
export interface Authorization {
  readonly accountId: string;
  readonly username: string;
  readonly service: StorageService;
  /** PKCE (RFC 7636): 43 characters, so that a code which somebody else got hold of is worth nothing. */
  readonly verifier: string;
}

/** Who says that an authorization is theirs. */
export interface AuthorizationOwner {
  /** By the cookie of the browser that agreed. */
  readonly binding: string | null;
  /** By the account that the asker has proven to act for. */
  readonly accountId: string | null;
}

interface Row {
  account_id: string;
  username: string;
  service: StorageService;
  verifier: string;
}

/**
 * Authorizations under way. Each is named by a state of 256 random bits that only the customer's browser holds: stored
 * is its hash. It is good for ten minutes and for one use.
 */
export class AuthorizationStore {
  constructor(
    private readonly database: Pool,
    private readonly keyring: Keyring,
  ) {}

  /** Begins one and returns its state. Of an account that begins many without end, only the last ones are kept. */
  async begin({ accountId, username, service, verifier }: Authorization): Promise<string> {
    const state = randomBytes(stateBytes).toString('base64url');
    await this.database.query(
      `INSERT INTO authorizations (state_hash, account_id, username, service, verifier, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')`,
      [
        hash(state),
        accountId,
        username,
        service,
        sealSecret(this.keyring, verifier, placeOf(state)),
        lifetimeMs,
      ],
    );
    await this.database.query(
      `DELETE FROM authorizations WHERE state_hash IN (
         SELECT state_hash FROM authorizations WHERE account_id = $1 ORDER BY expires_at DESC OFFSET $2)`,
      [accountId, perAccountMax],
    );
    return state;
  }

  /** Removes those that are too old to be completed. */
  async removeExpired(): Promise<void> {
    await this.database.query('DELETE FROM authorizations WHERE expires_at < now()');
  }

  /** Looks at one; `null` when there is none. */
  async find(state: string): Promise<Authorization | null> {
    const { rows } = await this.database.query<Row>(
      'SELECT * FROM authorizations WHERE state_hash = $1 AND expires_at > now()',
      [hash(state)],
    );
    return rows[0] === undefined ? null : this.open(rows[0], state);
  }

  /** Ties one to the browser that agreed. A later agreement replaces an earlier one. */
  async bind(state: string, binding: string): Promise<void> {
    await this.database.query('UPDATE authorizations SET binding = $2 WHERE state_hash = $1', [
      hash(state),
      binding,
    ]);
  }

  /**
   * Takes one, once: of this service, and for whoever shows that it is theirs, by the browser that it is tied to or by
   * the account that it is of. What is shown must be right. `null` when there is none such; it is left alone then.
   */
  async take(
    state: string,
    service: StorageService,
    { binding, accountId }: AuthorizationOwner,
  ): Promise<Authorization | null> {
    if (binding === null && accountId === null) return null;
    const { rows } = await this.database.query<Row>(
      `DELETE FROM authorizations
        WHERE state_hash = $1 AND service = $2 AND expires_at > now()
          AND ($3::text IS NULL OR binding = $3) AND ($4::uuid IS NULL OR account_id = $4)
       RETURNING *`,
      [hash(state), service, binding, accountId],
    );
    return rows[0] === undefined ? null : this.open(rows[0], state);
  }

  private open(row: Row, state: string): Authorization {
    return {
      accountId: row.account_id,
      username: row.username,
      service: row.service,
      verifier: openSecret(this.keyring, row.verifier, placeOf(state)),
    };
  }
}

function hash(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}

function placeOf(state: string): string {
  return `authorizations|${hash(state).toString('base64url')}|verifier`;
}
