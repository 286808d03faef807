import { passedOn } from '../services/service-environment.js';
import { type LocalStack } from '../start-local-stack.js';
import { type ServicesOptions } from '../services/start-services.js';
import { ensureDemoAccount } from './demo-account.js';
import { serveSample } from './serve-sample.js';
import { showSample } from './show-sample.js';
import { writeStackFile } from './stack-file.js';
import { welcomeText } from './welcome-text.js';

/**
 * Shows a new user a table that is kept in step: an account, a sample file on offer, its synchronization, the first
 * rows. Writes stack.json and returns the text to print; the sample stays on offer as long as this process runs. What of
 * it is missing, because users changed it, is said in the text and fails nothing.
 */
export async function welcome(options: ServicesOptions, apiUrl: string, sampleFile: string): Promise<string> {
  const { checkout, dataFolder, env, onProgress, stack } = options;
  const account = await ensureDemoAccount({
    checkout,
    dataFolder,
    apiUrl,
    metadataDatabaseUrl: stack.metadataDatabaseUrl,
    env: passedOn(env, stack),
  });
  const { username, apiKey } = account;
  const file = { apiUrl, apiKey, username, ...addressesOf(stack) };
  writeStackFile(dataFolder, file);
  const { url } = await serveSample(sampleFile, dataFolder, onProgress);
  const sample = await showSample(options, { apiUrl, account, url });
  return `${sample}\n\n${welcomeText(file, url, dataFolder)}`;
}

function addressesOf(
  stack: LocalStack,
): Pick<LocalStack, 'metadataDatabaseUrl' | 'destinationDatabaseUrl' | 'natsUrl'> {
  const { metadataDatabaseUrl, destinationDatabaseUrl, natsUrl } = stack;
  return { metadataDatabaseUrl, destinationDatabaseUrl, natsUrl };
}
