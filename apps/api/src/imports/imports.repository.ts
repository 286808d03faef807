import { Injectable } from '@nestjs/common';
import { Run, Synchronization } from '@tidetable/metadata-db';
import { IsNull } from 'typeorm';
import { MetadataDatabase } from '../database/metadata-database.js';
import type { FirstImport } from './present-import.js';

/** First runs, by the id that was given out before they existed. */
@Injectable()
export class ImportsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /** The first run of a synchronization of this account that has not been deleted. */
  async find(accountId: string, firstRunId: string): Promise<FirstImport | null> {
    return this.database.ask(async (manager) => {
      const synchronization = await manager.findOneBy(Synchronization, {
        firstRunId,
        accountId,
        deletedAt: IsNull(),
      });
      if (synchronization === null) return null;
      return { synchronization, run: await manager.findOneBy(Run, { id: firstRunId }) };
    });
  }
}
