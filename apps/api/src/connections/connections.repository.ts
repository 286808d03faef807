import { Injectable } from '@nestjs/common';
import { type StorageService, syncErrorCodes } from '@tidetable/contracts';
import { synchronizationDueChannel } from '@tidetable/metadata-db';
import { recordChange } from '../audit/record-change.js';
import { MetadataDatabase, type Statement, told } from '../database/metadata-database.js';

/** The failures that a new connection can mend. */
const mendable = syncErrorCodes.filter((code) => code.startsWith('connection-'));

/**
 * $1 account, $2 service, $3 failures, $4 channel.
 * Asks for a refresh as a customer would who does so by hand; who asked already, or whose refresh is under way, is left alone.
 * Locks the rows that it changes, and sends one notification when, and only if, the transaction commits.
 */
const requestWaiting: Statement = {
  name: 'request-waiting-for-connection',
  text: `
WITH requested AS (
  UPDATE synchronizations SET sync_requested_at = clock_timestamp()
  WHERE account_id = $1 AND service_name = $2 AND deleted_at IS NULL
    AND state = 'failure' AND failure_code = ANY ($3::text[])
    AND (sync_requested_at IS NULL OR sync_requested_at <= attempted_at)
  RETURNING id
)
SELECT id, pg_notify($4, ''), ${told} FROM requested`,
};

/** What a connection means for the synchronizations of its account. */
@Injectable()
export class ConnectionsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /** Asks for a refresh of those that failed for want of the connection, and says how many they are. */
  async requestWaiting(accountId: string, service: StorageService): Promise<number> {
    const parameters = [accountId, service, mendable, synchronizationDueChannel];
    return (await this.database.query(requestWaiting, parameters)).length;
  }

  /** Writes down that the account agreed to a connection. Who comes back in a browser shows no key. */
  async recordConnected(accountId: string, service: StorageService): Promise<void> {
    const change = { accountId, action: 'created', targetKind: 'connection', targetId: service } as const;
    await recordChange(this.database, change);
  }
}
