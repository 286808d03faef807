import { Injectable } from '@nestjs/common';
import { MetadataDatabase, type Statement } from '../database/metadata-database.js';
import { type SynchronizationRow, synchronizationColumns } from '../synchronizations/synchronization-row.js';
import type { FirstImport, FirstRun } from './present-import.js';

/** $1 account, $2 id of the first run, which may not exist yet. */
const findFirst: Statement = {
  name: 'find-first-import',
  text: `
SELECT ${synchronizationColumns},
       CASE WHEN r.id IS NOT NULL THEN json_build_object(
         'isStarted', r.started_at IS NOT NULL, 'outcome', r.outcome, 'failureCode', r.failure_code,
         'failureDetail', r.failure_detail, 'report', r.report) END AS run
  FROM synchronizations
  LEFT JOIN runs r ON r.id = synchronizations.first_run_id
 WHERE synchronizations.first_run_id = $2 AND account_id = $1 AND deleted_at IS NULL`,
};

/** First runs, by the id that was given out before they existed. */
@Injectable()
export class ImportsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /** The first run of a synchronization of this account that has not been deleted. */
  async find(accountId: string, firstRunId: string): Promise<FirstImport | null> {
    const [row] = await this.database.query<SynchronizationRow & { run: FirstRun | null }>(findFirst, [
      accountId,
      firstRunId,
    ]);
    return row === undefined ? null : { synchronization: row, run: row.run };
  }
}
