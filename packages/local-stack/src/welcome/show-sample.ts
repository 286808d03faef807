import { LocalStackError } from '../local-stack-error.js';
import { withGivenDatabase, withOwnDatabase } from '../postgres/database-session.js';
import { type ServicesOptions } from '../services/start-services.js';
import { type DemoAccount } from './demo-account.js';
import { firstRows } from './first-rows.js';
import { synchronizeSample } from './synchronize-sample.js';

/** Where the sample is, and by whose way it is kept in step. */
export interface SampleOptions {
  apiUrl: string;
  account: DemoAccount;
  /** The address at which the file is on offer. */
  url: string;
}

/**
 * The first rows of the sample's table, or one sentence that says why there are none and what to do. Users may do with
 * their account, synchronization and table as they please, so nothing of it makes this reject.
 */
export async function showSample(services: ServicesOptions, sample: SampleOptions): Promise<string> {
  const { apiUrl, account, url } = sample;
  if (account.trouble) return account.trouble;
  try {
    services.onProgress('Synchronizing the sample file.');
    const access = { apiUrl, apiKey: account.apiKey };
    const table = await synchronizeSample(access, url, account.isNew);
    if (table === undefined) {
      return 'The sample file is not synchronized; the first command below has it synchronized.';
    }
    return await showRows(services, sample, table);
  } catch (error) {
    if (error instanceof LocalStackError) return error.message;
    return `The sample's table cannot be shown (${error instanceof Error ? error.message : String(error)}); look into the logs.`;
  }
}

async function showRows(
  { env, stack }: ServicesOptions,
  { account }: SampleOptions,
  table: string,
): Promise<string> {
  const isGiven = env['DESTINATION_DATABASE_URL'] === stack.destinationDatabaseUrl;
  const withDatabase = isGiven ? withGivenDatabase : withOwnDatabase;
  const rows = await withDatabase(stack.destinationDatabaseUrl, (client) =>
    firstRows(client, account.username, table),
  );
  const name = `${account.username}.${table}`;
  if (!rows) {
    return `The table ${name} is not there: dropped, it comes back with its next refresh; renamed, it is kept in step under its new name.`;
  }
  return `The table ${name}, ${rows.shown} of its ${rows.total} rows:\n\n${rows.text}`;
}
