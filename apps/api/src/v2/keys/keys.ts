import { z } from 'zod';
import { hashApiKey, makeApiKey, prefixOfApiKey } from '../../accounts/api-key.js';
import type { KeyScope } from '../../accounts/key-scope.js';
import type { Asks, MetadataDatabase, Statement } from '../../database/metadata-database.js';
import { readCursor, writeCursor } from '../cursor.js';
import { Problem } from '../problems/problem.js';
import type { KeyBody } from './key-schema.js';

/** What of the metadata database is needed for keys. */
export type KeyDatabase = Pick<MetadataDatabase, 'query' | 'transaction'>;

interface KeyRow {
  id: string;
  prefix: string;
  name: string | null;
  scope: KeyScope;
  state: KeyBody['state'];
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

const columns = `
  id, key_prefix AS prefix, name, scope, created_at AS "createdAt", last_used_at AS "lastUsedAt",
  expires_at AS "expiresAt", revoked_at AS "revokedAt",
  CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at IS NULL THEN 'valid'
       WHEN expires_at > now() THEN 'ending' ELSE 'ended' END AS state`;

/** $1 account, $2 and $3 the time in microseconds and the id to go on behind, $4 how many. */
const findPage: Statement = {
  name: 'list-keys',
  text: `
SELECT ${columns}, (extract(epoch FROM created_at) * 1000000)::bigint::text AS position
  FROM api_keys
 WHERE account_id = $1
   AND ($2::bigint IS NULL OR (created_at, id) > (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid))
 ORDER BY created_at, id
 LIMIT $4`,
};

/** $1 account, $2 id. */
const findOne: Statement = {
  name: 'find-key',
  text: `SELECT ${columns} FROM api_keys WHERE account_id = $1 AND id = $2`,
};

/** $1 account, $2 hash, $3 prefix, $4 name, $5 scope. */
const insertOne: Statement = {
  name: 'insert-key',
  text: `
INSERT INTO api_keys (account_id, key_hash, key_prefix, name, scope) VALUES ($1, $2, $3, $4, $5)
RETURNING ${columns}`,
};

/** $1 account. Whoever changes which keys an account has does so one after the other. */
const lockAccount: Statement = {
  name: 'lock-account',
  text: 'SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE',
};

/** $1 account, $2 id. */
const findOtherAdmin: Statement = {
  name: 'find-other-admin-key',
  text: `
SELECT id FROM api_keys
 WHERE account_id = $1 AND id <> $2 AND scope = 'admin' AND revoked_at IS NULL AND expires_at IS NULL LIMIT 1`,
};

/** $1 id, $2 seconds. */
const endOne: Statement = {
  name: 'end-key',
  text: `UPDATE api_keys SET expires_at = now() + $2::integer * interval '1 second' WHERE id = $1`,
};

/** $1 id. */
const revokeOne: Statement = {
  name: 'revoke-key',
  text: 'UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL',
};

const position = z.tuple([z.string().regex(/^-?\d{1,18}$/), z.uuid()]);

/** One page of an account's keys, oldest first, those that are over included. @throws Problem 400 */
export async function listKeys(
  database: Asks,
  accountId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: KeyBody[]; cursor: string | null }> {
  const after = cursor === undefined ? [null, null] : readCursor('keys', cursor, position);
  const found = await database.query<KeyRow & { position: string }>(findPage, [
    accountId,
    ...after,
    limit + 1,
  ]);
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    items: found.slice(0, limit).map(present),
    cursor: last === undefined ? null : writeCursor('keys', [last.position, last.id]),
  };
}

/** @throws Problem 404 */
export async function showKey(database: Asks, accountId: string, id: string): Promise<KeyBody> {
  return present(await getKey(database, accountId, id));
}

/** Makes a key, and gives the key itself, which nobody can find out again. */
export async function createKey(
  database: Asks,
  accountId: string,
  { name, scope }: { name: string | null; scope: KeyScope },
): Promise<{ key: KeyBody; api_key: string }> {
  const apiKey = makeApiKey();
  const parameters = [accountId, hashApiKey(apiKey), prefixOfApiKey(apiKey), name, scope];
  const [row] = await database.query<KeyRow>(insertOne, parameters);
  if (row === undefined) throw new Error('an inserted key was not given back');
  return { key: present(row), api_key: apiKey };
}

/**
 * Makes a key of the same name and scope, which takes the place of one that goes on for a while.
 *
 * @throws Problem 404, or 409 when that one is over already, or on its way there
 */
export async function rotateKey(
  database: KeyDatabase,
  accountId: string,
  id: string,
  graceSeconds: number,
): Promise<{ key: KeyBody; api_key: string }> {
  return database.transaction(async (transaction) => {
    await transaction.query(lockAccount, [accountId]);
    const old = await getKey(transaction, accountId, id);
    if (old.state !== 'valid')
      throw new Problem('conflict', { detail: `The key is ${old.state}; only a valid one can be rotated.` });
    const made = await createKey(transaction, accountId, old);
    await transaction.query(endOne, [id, graceSeconds]);
    return made;
  });
}

/**
 * Revokes a key, at once. Revoking one that is revoked changes nothing.
 *
 * @throws Problem 404, or 409 when it is the last admin key and that was not said
 */
export async function revokeKey(
  database: KeyDatabase,
  accountId: string,
  id: string,
  evenIfLast: boolean,
): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query(lockAccount, [accountId]);
    const { scope, state } = await getKey(transaction, accountId, id);
    if (scope === 'admin' && state === 'valid' && !evenIfLast) {
      const others = await transaction.query(findOtherAdmin, [accountId, id]);
      if (others.length === 0) throw new Problem('last-admin-key');
    }
    await transaction.query(revokeOne, [id]);
  });
}

async function getKey(database: Asks, accountId: string, id: string): Promise<KeyRow> {
  const [row] = await database.query<KeyRow>(findOne, [accountId, id]);
  if (row === undefined) throw new Problem('not-found');
  return row;
}

function present({
  id,
  prefix,
  name,
  scope,
  state,
  createdAt,
  lastUsedAt,
  expiresAt,
  revokedAt,
}: KeyRow): KeyBody {
  return {
    id,
    prefix,
    name,
    scope,
    state,
    created_at: createdAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
    expires_at: expiresAt?.toISOString() ?? null,
    revoked_at: revokedAt?.toISOString() ?? null,
  };
}
