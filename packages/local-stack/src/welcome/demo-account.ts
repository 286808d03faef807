import { runProgram } from '../services/run-program.js';
import { readStackFile } from './stack-file.js';

/** The account that a new user is given. */
export interface DemoAccount {
  username: string;
  /** Empty when there is none to show, which `trouble` then explains. */
  apiKey: string;
  /** Whether this start made the account. */
  isNew: boolean;
  /** Why the account cannot be used and what to do, in one sentence. */
  trouble?: string;
}

/** What it takes to find or make the account. */
export interface DemoAccountOptions {
  checkout: string;
  dataFolder: string;
  apiUrl: string;
  metadataDatabaseUrl: string;
  env: NodeJS.ProcessEnv;
}

interface PrintedAccount {
  username: string;
  state?: 'active' | 'disabled';
  apiKey?: string;
}

const username = 'demo';
const disabled = `The account ${username} is disabled, so its key is refused and its tables are not refreshed; undo that with: npm run accounts -- enable ${username}`;

/**
 * The demo account with a key that works: the one that the last start wrote down, or else, keys being shown only once, a
 * new one. The account is made when there is none. One that is disabled stays so and gets no further key. Never rejects.
 */
export async function ensureDemoAccount(options: DemoAccountOptions): Promise<DemoAccount> {
  const known = readStackFile(options.dataFolder);
  const knownKey = known?.username === username ? known.apiKey : '';
  try {
    if (knownKey === '') return await accountWithNewKey(options);
    const status = await statusFor(options.apiUrl, knownKey);
    if (status === 401) return await accountWithNewKey(options);
    return { username, apiKey: knownKey, isNew: false, ...(status === 403 ? { trouble: disabled } : {}) };
  } catch (error) {
    const trouble = `The account ${username} cannot be used now (${reason(error)}); look into the log of the API and start again.`;
    return { username, apiKey: knownKey, isNew: false, trouble };
  }
}

async function accountWithNewKey(options: DemoAccountOptions): Promise<DemoAccount> {
  const found = (await accounts(options, ['list'])).find((account) => account.username === username);
  const [made] = await accounts(options, found ? ['new-key', username] : ['create', username]);
  if (!made?.apiKey) throw new Error('the accounts program printed no key');
  const trouble = found?.state === 'disabled' ? { trouble: disabled } : {};
  return { username, apiKey: made.apiKey, isNew: !found, ...trouble };
}

async function statusFor(apiUrl: string, apiKey: string): Promise<number> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await fetch(`${apiUrl}/api/v1/synchronizations`, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

async function accounts(
  { checkout, env, metadataDatabaseUrl }: DemoAccountOptions,
  args: readonly string[],
): Promise<PrintedAccount[]> {
  const printed = await runProgram({
    checkout,
    script: 'apps/api/dist/accounts-cli.js',
    args: [...args, '--json'],
    env: { ...env, METADATA_DATABASE_URL: metadataDatabaseUrl },
  });
  return [JSON.parse(printed)].flat() as PrintedAccount[];
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
