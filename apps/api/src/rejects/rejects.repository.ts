import { Injectable } from '@nestjs/common';
import { Run } from '@tidetable/metadata-db';
import { IsNull } from 'typeorm';
import { MetadataDatabase } from '../database/metadata-database.js';

/** Runs of an account whose rejected rows may be asked for. */
@Injectable()
export class RejectsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /**
   * The id of a run of this synchronization, if it is one of the account and not deleted. `latest` is the last run that
   * read the file to its end or failed.
   */
  async findRun(accountId: string, synchronizationId: string, runId: string): Promise<string | null> {
    const synchronization = { id: synchronizationId, accountId, deletedAt: IsNull() };
    return this.database.ask(async (manager) => {
      const run =
        runId === latest
          ? await manager.findOne(Run, {
              where: [
                { synchronizationId, synchronization, outcome: 'imported' },
                { synchronizationId, synchronization, outcome: 'failed' },
              ],
              order: { runNumber: 'DESC' },
            })
          : await manager.findOneBy(Run, { id: runId, synchronizationId, synchronization });
      return run?.id ?? null;
    });
  }
}

/** What stands for the id of the last run that could have rejected rows. */
export const latest = 'latest';
