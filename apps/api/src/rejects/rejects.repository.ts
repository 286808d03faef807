import { Injectable } from '@nestjs/common';
import { MetadataDatabase, type Statement } from '../database/metadata-database.js';

/** $1 account, $2 synchronization, $3 run. */
const findRun: Statement = {
  name: 'find-run-of-rejects',
  text: `
SELECT r.id
  FROM runs r
  JOIN synchronizations s ON s.id = r.synchronization_id
 WHERE s.account_id = $1 AND s.id = $2 AND s.deleted_at IS NULL AND r.id = $3`,
};

/** $1 account, $2 synchronization. */
const findLatest: Statement = {
  name: 'find-latest-run-of-rejects',
  text: `
SELECT r.id
  FROM runs r
  JOIN synchronizations s ON s.id = r.synchronization_id
 WHERE s.account_id = $1 AND s.id = $2 AND s.deleted_at IS NULL AND r.outcome IN ('imported', 'failed')
 ORDER BY r.run_number DESC
 LIMIT 1`,
};

/** Runs of an account whose rejected rows may be asked for. */
@Injectable()
export class RejectsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /**
   * The id of a run of this synchronization, if it is one of the account and not deleted. `latest` is the last run that
   * read the file to its end or failed.
   */
  async findRun(accountId: string, synchronizationId: string, runId: string): Promise<string | null> {
    const [run] = await (runId === latest
      ? this.database.query<{ id: string }>(findLatest, [accountId, synchronizationId])
      : this.database.query<{ id: string }>(findRun, [accountId, synchronizationId, runId]));
    return run?.id ?? null;
  }
}

/** What stands for the id of the last run that could have rejected rows. */
export const latest = 'latest';
