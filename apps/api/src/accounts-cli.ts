import { parseArgs } from 'node:util';
import { connectMetadata } from '@tidetable/metadata-db';
import { AccountsError } from './accounts/accounts-error.js';
import { explainDatabaseError } from './accounts/explain-database-error.js';
import { type AccountsCommand, accountsUsage, readAccountsCommand } from './accounts/run-accounts-command.js';

/** 0 when it was done, 1 when it could not be done, 2 when the words were not understood. */
process.exitCode = await main(
  process.argv.slice(2),
  process.env['METADATA_DATABASE_URL'] ?? '',
  process.env['API_URL'] || 'http://localhost:8080',
);

async function main(words: string[], metadataDatabaseUrl: string, apiUrl: string): Promise<number> {
  const options = readOptions(words);
  if (options?.help === true) return say(accountsUsage);
  const command = options === null ? null : readAccountsCommand(options.words, apiUrl);
  if (options === null || command === null) return complain(accountsUsage, 2);
  if (metadataDatabaseUrl === '') {
    return complain('METADATA_DATABASE_URL is not set. Set it to the address of the metadata database.', 2);
  }
  try {
    const { value, text } = await run(command, metadataDatabaseUrl);
    return say(options.json ? JSON.stringify(value) : text);
  } catch (error) {
    return complain(error instanceof AccountsError ? error.message : explainDatabaseError(error), 1);
  }
}

function readOptions(args: string[]): { words: string[]; json: boolean; help: boolean } | null {
  const options = {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { words: positionals, ...values };
  } catch {
    return null;
  }
}

async function run(command: AccountsCommand, metadataDatabaseUrl: string): ReturnType<AccountsCommand> {
  const dataSource = await connectMetadata(metadataDatabaseUrl, 2);
  try {
    return await dataSource.transaction(async (manager) => {
      await manager.query(`SELECT set_config('tidetable.actor', '{"kind":"operator"}', true)`);
      return command(manager);
    });
  } finally {
    await dataSource.destroy();
  }
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function complain(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`);
  return exitCode;
}
