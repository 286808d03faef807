import { listedLimitNames, spellLimit } from './read-limit-words.js';
import type { ListedAccount, ListedLimits, RevokedKey, ShownKey } from './manage-accounts.js';

/** A key that was just made, and what to do with it; `apiUrl` is where the API is, without a path. */
export function presentShownKey({ username, apiKey }: ShownKey, apiUrl: string): string {
  return [
    ...alignRows([
      ['account', username],
      ['API key', apiKey],
    ]),
    '',
    'The key is shown this once: only its hash is stored.',
    `Try it:  curl "${apiUrl}/user/${username}/api/v1/synchronizations?api_key=${apiKey}"`,
  ].join('\n');
}

/** Every account and key, one line each. */
export function presentAccountList(accounts: readonly ListedAccount[]): string {
  if (accounts.length === 0) return 'There is no account yet. Create one with: create NAME';
  const rows = accounts.flatMap((account) => {
    const keys = account.keys.map((key) => [`${key.prefix}…`, key.scope, key.id, describeKey(key)]);
    return (keys.length === 0 ? [['no key', '', '', '']] : keys).map((key) => [
      account.username,
      account.state,
      ...key,
    ]);
  });
  return alignRows([['ACCOUNT', 'STATE', 'KEY', 'SCOPE', 'KEY ID', ''], ...rows]).join('\n');
}

function describeKey({ createdAt, revokedAt, expiresAt }: ListedAccount['keys'][number]): string {
  if (revokedAt !== null) return `revoked ${day(revokedAt)}`;
  return expiresAt === null ? `created ${day(createdAt)}` : `until ${day(expiresAt)}`;
}

/** That a key no longer opens anything. */
export function presentRevokedKey({ username, prefix, id }: RevokedKey): string {
  return `The key ${prefix}… (${id}) of ${username} is revoked. Make another with: new-key ${username}`;
}

/** What an account's state means from now on. */
export function presentAccountState({
  username,
  state,
}: {
  username: string;
  state: ListedAccount['state'];
}): string {
  return state === 'disabled'
    ? `${username} is disabled: its keys are refused and its tables are not refreshed. Undo with: enable ${username}`
    : `${username} is active: its keys work and its tables are refreshed.`;
}

/** The limits that an account has of its own. */
export function presentLimits({ username, limits }: ListedLimits): string {
  const rows = listedLimitNames.map((name) => [spellLimit(name), limits[name]?.toString() ?? 'default']);
  return [
    `Limits of ${username}, from now on, and of tables from their next refresh on:`,
    ...alignRows(rows),
  ].join('\n');
}

function alignRows(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}
