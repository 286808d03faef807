import { runProgram } from '../services/run-program.js';
import { readStackFile } from './stack-file.js';

/** An account that can be used now. */
export interface DemoAccount {
  username: string;
  apiKey: string;
}

/** What it takes to find or make the account. */
export interface DemoAccountOptions {
  checkout: string;
  dataFolder: string;
  apiUrl: string;
  metadataDatabaseUrl: string;
  env: NodeJS.ProcessEnv;
}

const username = 'demo';

/**
 * The demo account with a key that works: the one that the last start wrote down, or else, keys being shown only once, a
 * new one. The account is made when there is none.
 */
export async function ensureDemoAccount(options: DemoAccountOptions): Promise<DemoAccount> {
  const known = readStackFile(options.dataFolder);
  if (known?.username === username && (await works(options.apiUrl, known.apiKey))) {
    return { username, apiKey: known.apiKey };
  }
  const exists = (await accounts(options, ['list'])).some((account) => account.username === username);
  const [made] = await accounts(options, exists ? ['new-key', username] : ['create', username]);
  if (!made?.apiKey) throw new Error('the accounts program printed no key');
  return { username, apiKey: made.apiKey };
}

async function works(apiUrl: string, apiKey: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await fetch(`${apiUrl}/api/v1/synchronizations`, { headers });
  await answer.arrayBuffer();
  return answer.ok;
}

async function accounts(
  { checkout, env, metadataDatabaseUrl }: DemoAccountOptions,
  args: readonly string[],
): Promise<{ username: string; apiKey?: string }[]> {
  const printed = await runProgram({
    checkout,
    script: 'apps/api/dist/accounts-cli.js',
    args: [...args, '--json'],
    env: { ...env, METADATA_DATABASE_URL: metadataDatabaseUrl },
  });
  return [JSON.parse(printed)].flat() as { username: string; apiKey?: string }[];
}
