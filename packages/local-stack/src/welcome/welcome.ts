import { withGivenDatabase, withOwnDatabase } from '../postgres/database-session.js';
import { passedOn } from '../services/service-environment.js';
import { type LocalStack } from '../start-local-stack.js';
import { type ServicesOptions } from '../services/start-services.js';
import { ensureDemoAccount } from './demo-account.js';
import { firstRows } from './first-rows.js';
import { serveSample } from './serve-sample.js';
import { writeStackFile } from './stack-file.js';
import { synchronizeSample } from './synchronize-sample.js';
import { welcomeText } from './welcome-text.js';

/**
 * Shows a new user a table that is kept in step: an account, a sample file on offer, its synchronization, the first
 * rows. Writes stack.json and returns the text to print; the sample stays on offer as long as this process runs.
 */
export async function welcome(options: ServicesOptions, apiUrl: string, sampleFile: string): Promise<string> {
  const { checkout, dataFolder, env, onProgress, stack } = options;
  const { metadataDatabaseUrl } = stack;
  const account = await ensureDemoAccount({
    checkout,
    dataFolder,
    apiUrl,
    metadataDatabaseUrl,
    env: passedOn(env, stack),
  });
  const file = { apiUrl, ...account, ...addressesOf(stack) };
  writeStackFile(dataFolder, file);
  const sample = await serveSample(sampleFile, dataFolder, onProgress);
  onProgress('Synchronizing the sample file.');
  const table = await synchronizeSample({ apiUrl, apiKey: account.apiKey }, sample.url);
  const isGiven = env['DESTINATION_DATABASE_URL'] === stack.destinationDatabaseUrl;
  const withDatabase = isGiven ? withGivenDatabase : withOwnDatabase;
  const rows = await withDatabase(stack.destinationDatabaseUrl, (client) =>
    firstRows(client, account.username, table),
  );
  const title = `The table ${account.username}.${table}, ${rows.shown} of its ${rows.total} rows:`;
  return `${title}\n\n${rows.text}\n\n${welcomeText(file, sample.url, dataFolder)}`;
}

function addressesOf(
  stack: LocalStack,
): Pick<LocalStack, 'metadataDatabaseUrl' | 'destinationDatabaseUrl' | 'natsUrl'> {
  const { metadataDatabaseUrl, destinationDatabaseUrl, natsUrl } = stack;
  return { metadataDatabaseUrl, destinationDatabaseUrl, natsUrl };
}
