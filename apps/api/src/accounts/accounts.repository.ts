import { Injectable } from '@nestjs/common';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { MetadataDatabase, type Statement } from '../database/metadata-database.js';

/** $1 hash of the key. */
const findByKeyHash: Statement = {
  name: 'find-account-by-key',
  text: `
SELECT a.id, a.username, a.state, a.requests_per_minute_max AS "requestsPerMinuteMax",
       coalesce(a.tables_max, a.total_rows_max, a.total_bytes_max) IS NOT NULL AS "hasQuota",
       k.id AS "keyId", k.key_prefix AS "keyPrefix", k.scope,
       k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 hour' AS "isUseNews"
  FROM api_keys k
  JOIN accounts a ON a.id = k.account_id
 WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`,
};

/** $1 key. One of several requests at once writes it down; the others find that it is no news. */
const noteUse: Statement = {
  name: 'note-use-of-key',
  text: `
UPDATE api_keys SET last_used_at = date_trunc('hour', now())
 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 hour')`,
};

/** Who owns a key. */
@Injectable()
export class AccountsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /**
   * The account of a key that is neither revoked nor over, disabled or not. That the key was used is written down about
   * once in an hour, beside the request: its answer does not wait for that, nor fail with it.
   */
  async findByKeyHash(keyHash: Buffer): Promise<AuthenticatedAccount | null> {
    const [found] = await this.database.query<AuthenticatedAccount & { isUseNews: boolean }>(findByKeyHash, [
      keyHash,
    ]);
    if (found === undefined) return null;
    const { isUseNews, ...account } = found;
    if (isUseNews) this.database.query(noteUse, [account.keyId]).catch(() => undefined);
    return account;
  }
}
