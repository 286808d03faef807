import { Account, ApiKey } from '@tidetable/metadata-db';
import { type EntityManager, IsNull } from 'typeorm';
import { AccountsError } from './accounts-error.js';
import { hashApiKey, makeApiKey, prefixOfApiKey } from './api-key.js';
import { refuseUsername } from './check-username.js';
import type { KeyScope } from './key-scope.js';
import { type ListedLimitName, listedLimitNames } from './read-limit-words.js';

/** A key as it is shown, once: only its hash is stored. */
export interface ShownKey {
  username: string;
  apiKey: string;
}

/** An account with its keys, revoked ones included, oldest first. */
export interface ListedAccount {
  username: string;
  state: Account['state'];
  createdAt: Date;
  keys: {
    id: string;
    prefix: string;
    scope: KeyScope;
    name: string | null;
    createdAt: Date;
    revokedAt: Date | null;
    expiresAt: Date | null;
  }[];
}

/** A key that was revoked just now, or earlier. */
export interface RevokedKey {
  username: string;
  id: string;
  prefix: string;
}

/**
 * Creates an account with its first key, both or neither.
 *
 * @throws AccountsError when the name is taken, reserved, or of a form that no account can have.
 */
export async function createAccount(manager: EntityManager, username: string): Promise<ShownKey> {
  const refusal = refuseUsername(username);
  if (refusal !== null) throw new AccountsError(refusal);
  return manager.transaction(async (transaction) => {
    const [created] = await transaction.query<{ id: string }[]>(
      'INSERT INTO accounts (username) VALUES ($1) ON CONFLICT (username) DO NOTHING RETURNING id',
      [username],
    );
    if (created === undefined) {
      throw new AccountsError(
        `An account named ${username} exists already. Make another key for it with: new-key ${username}`,
      );
    }
    return issueKey(transaction, created.id, username, 'admin');
  });
}

/** Makes one more key for an account, of a scope; its other keys stay valid. */
export async function issueNewKey(
  manager: EntityManager,
  username: string,
  scope: KeyScope,
): Promise<ShownKey> {
  const account = await getAccount(manager, username);
  return issueKey(manager, account.id, username, scope);
}

/** Every account in the order of its name. */
export async function listAccounts(manager: EntityManager): Promise<ListedAccount[]> {
  const accounts = await manager.find(Account, { order: { username: 'ASC' } });
  const keys = await manager.find(ApiKey, { order: { createdAt: 'ASC', id: 'ASC' } });
  return accounts.map(({ id, username, state, createdAt }) => ({
    username,
    state,
    createdAt,
    keys: keys.filter(({ accountId }) => accountId === id).map(listKey),
  }));
}

function listKey(key: ApiKey): ListedAccount['keys'][number] {
  const { id, keyPrefix: prefix, scope, name, createdAt, revokedAt, expiresAt } = key;
  return { id, prefix, scope, name, createdAt, revokedAt, expiresAt };
}

/**
 * Revokes the one key that is meant by its id, by its first characters, or by the whole of it. Revoking a revoked key
 * again changes nothing.
 *
 * @throws AccountsError when no key is meant, or more than one.
 */
export async function revokeKey(manager: EntityManager, keyOrId: string): Promise<RevokedKey> {
  const keys = await findKeys(manager, keyOrId);
  const [key] = keys;
  if (key === undefined)
    throw new AccountsError('There is no such key. The list shows every key with its id.');
  if (keys.length > 1) {
    throw new AccountsError(
      `More than one key begins like that. Name one by its id: ${keys.map(({ id }) => id).join(', ')}`,
    );
  }
  await manager.update(ApiKey, { id: key.id, revokedAt: IsNull() }, { revokedAt: () => 'now()' });
  return { username: key.account.username, id: key.id, prefix: key.keyPrefix };
}

/** Disables an account or enables it again. A disabled one is refused by the API and none of its tables is refreshed. */
export async function setAccountState(
  manager: EntityManager,
  username: string,
  state: Account['state'],
): Promise<{ username: string; state: Account['state'] }> {
  const account = await getAccount(manager, username);
  await manager.update(Account, { id: account.id }, { state });
  return { username, state };
}

/** The limits that an account has of its own. */
export interface ListedLimits {
  username: string;
  limits: Partial<Record<ListedLimitName, number>>;
}

const limitColumns = {
  fileBytes: 'fileBytesMax',
  rows: 'rowsMax',
  columns: 'columnsMax',
  vertices: 'verticesMax',
  layers: 'layersMax',
  runs: 'runsMax',
  tables: 'tablesMax',
  totalRows: 'totalRowsMax',
  totalBytes: 'totalBytesMax',
  requests: 'requestsPerMinuteMax',
} as const satisfies Record<ListedLimitName, keyof Account>;

/** What an account may do more or less than others. */
export async function listLimits(manager: EntityManager, username: string): Promise<ListedLimits> {
  const account = await getAccount(manager, username);
  const own = listedLimitNames.flatMap((name) => {
    const value = account[limitColumns[name]];
    return value === null ? [] : [[name, Number(value)] as const];
  });
  return { username, limits: Object.fromEntries(own) };
}

/** Gives an account a limit of its own; `null` takes it away. It counts from the next refresh on. */
export async function setLimit(
  manager: EntityManager,
  username: string,
  name: ListedLimitName,
  value: number | null,
): Promise<ListedLimits> {
  const account = await getAccount(manager, username);
  await manager.update(Account, { id: account.id }, { [limitColumns[name]]: value });
  return listLimits(manager, username);
}

async function getAccount(manager: EntityManager, username: string): Promise<Account> {
  const account = await manager.findOneBy(Account, { username });
  if (account === null) throw new AccountsError(`There is no account named ${username}.`);
  return account;
}

async function issueKey(
  manager: EntityManager,
  accountId: string,
  username: string,
  scope: KeyScope,
): Promise<ShownKey> {
  const apiKey = makeApiKey();
  const keyHash = hashApiKey(apiKey);
  await manager.insert(ApiKey, { accountId, keyHash, keyPrefix: prefixOfApiKey(apiKey), scope });
  return { username, apiKey };
}

async function findKeys(manager: EntityManager, keyOrId: string): Promise<ApiKey[]> {
  return manager
    .createQueryBuilder(ApiKey, 'key')
    .innerJoinAndSelect('key.account', 'account')
    .where('CAST(key.id AS text) = :id OR key.keyHash = :hash', {
      id: keyOrId.toLowerCase(),
      hash: hashApiKey(keyOrId),
    })
    .orWhere('length(:prefix) >= 3 AND starts_with(key.keyPrefix, :prefix)', { prefix: keyOrId })
    .orderBy('key.createdAt')
    .getMany();
}
