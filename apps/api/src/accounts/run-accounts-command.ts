import type { EntityManager } from 'typeorm';
import { keyScopes } from './key-scope.js';
import {
  createAccount,
  issueNewKey,
  listAccounts,
  listLimits,
  revokeKey,
  setAccountState,
  setLimit,
  type ShownKey,
} from './manage-accounts.js';
import { readLimitWords } from './read-limit-words.js';
import {
  presentAccountList,
  presentAccountState,
  presentLimits,
  presentRevokedKey,
  presentShownKey,
} from './present-accounts.js';

/** What the accounts command understands. */
export const accountsUsage = `Manages the accounts of this installation and their API keys.

  create NAME     makes an account and its first key, which is shown once
  list            shows every account and the beginning of each of its keys
  new-key NAME [SCOPE]
                  makes one more key; the others stay valid. SCOPE is read, write or admin, which it is by itself
  revoke KEY      revokes a key, by its id, its first characters, or the whole of it
  disable NAME    refuses the account's keys and stops refreshing its tables
  enable NAME     undoes that
  limits NAME     shows the limits that the account has of its own
  limit NAME WHAT NUMBER
                  gives it one: file-bytes, rows, columns, vertices (of a geometry), layers, runs (in flight),
                  tables, total-rows and total-bytes (of all its tables), or requests (a minute);
                  "default" for NUMBER takes it away

  --json          prints the result as one JSON value
  --help          prints this

METADATA_DATABASE_URL is the address of the metadata database. API_URL, where the API is, is only shown.`;

/** A command that can be run: `text` is for people, `value` is what `--json` prints. */
export type AccountsCommand = (manager: EntityManager) => Promise<{ value: unknown; text: string }>;

/**
 * The command that these words are, or `null` when they are none. Names are taken as they are typed. `apiUrl` is for the
 * line that tries a new key.
 */
export function readAccountsCommand(words: readonly string[], apiUrl: string): AccountsCommand | null {
  const [verb, argument, ...rest] = words;
  if (verb === 'limit') {
    const limit = readLimitWords(words.slice(1));
    return limit === null ? null : (manager) => show(setLimit(manager, ...limit), presentLimits);
  }
  if (verb === 'new-key') {
    const [word = 'admin', ...more] = rest;
    const scope = keyScopes.find((known) => known === word);
    if (argument === undefined || scope === undefined || more.length > 0) return null;
    return (manager) => show(issueNewKey(manager, argument, scope), (key) => presentShownKey(key, apiUrl));
  }
  if (rest.length > 0) return null;
  if (verb === 'list')
    return argument === undefined ? (manager) => show(listAccounts(manager), presentAccountList) : null;
  return argument === undefined ? null : readCommandAbout(verb, argument, apiUrl);
}

function readCommandAbout(
  verb: string | undefined,
  argument: string,
  apiUrl: string,
): AccountsCommand | null {
  const presentKey = (key: ShownKey): string => presentShownKey(key, apiUrl);
  switch (verb) {
    case 'create':
      return (manager) => show(createAccount(manager, argument), presentKey);
    case 'revoke':
      return (manager) => show(revokeKey(manager, argument), presentRevokedKey);
    case 'disable':
      return (manager) => show(setAccountState(manager, argument, 'disabled'), presentAccountState);
    case 'limits':
      return (manager) => show(listLimits(manager, argument), presentLimits);
    case 'enable':
      return (manager) => show(setAccountState(manager, argument, 'active'), presentAccountState);
    default:
      return null;
  }
}

async function show<T>(
  result: Promise<T>,
  present: (value: T) => string,
): Promise<{ value: T; text: string }> {
  const value = await result;
  return { value, text: present(value) };
}
