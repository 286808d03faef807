import { Injectable } from '@nestjs/common';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { MetadataDatabase, type Statement } from '../database/metadata-database.js';

/** $1 hash of the key. */
const findByKeyHash: Statement = {
  name: 'find-account-by-key',
  text: `
SELECT a.id, a.username, a.state
  FROM api_keys k
  JOIN accounts a ON a.id = k.account_id
 WHERE k.key_hash = $1 AND k.revoked_at IS NULL`,
};

/** Who owns a key. */
@Injectable()
export class AccountsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /** The account of a key that has not been revoked, disabled or not. */
  async findByKeyHash(keyHash: Buffer): Promise<AuthenticatedAccount | null> {
    const [account] = await this.database.query<AuthenticatedAccount>(findByKeyHash, [keyHash]);
    return account ?? null;
  }
}
