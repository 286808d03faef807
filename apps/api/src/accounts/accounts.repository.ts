import { Injectable } from '@nestjs/common';
import { ApiKey } from '@tidetable/metadata-db';
import { IsNull } from 'typeorm';
import { MetadataDatabase } from '../database/metadata-database.js';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';

/** Who owns a key. */
@Injectable()
export class AccountsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /** The account of a key that has not been revoked, disabled or not. */
  async findByKeyHash(keyHash: Buffer): Promise<AuthenticatedAccount | null> {
    const key = await this.database.ask((manager) =>
      manager.findOne(ApiKey, { where: { keyHash, revokedAt: IsNull() }, relations: { account: true } }),
    );
    return key?.account ?? null;
  }
}
