import type { StorageService } from '@tidetable/contracts';
import { isSealedWithOldKey, type Keyring, openSecret, sealSecret } from './seal-secret.js';

/** What a service gives for an authorization, and again at every refresh. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accessExpiresAt: Date;
}

/** An account's connection to a service, with its tokens in the clear: never to leave the fetcher. */
export interface StoredConnection extends Tokens {
  readonly id: string;
  readonly accountId: string;
  readonly service: StorageService;
  readonly state: 'connected' | 'needs-reconnecting';
  /** Another one for every other pair of tokens. */
  readonly generation: number;
  readonly accountName: string | null;
  readonly connectedAt: Date;
}

/** A connection at rest. */
export interface ConnectionRow {
  id: string;
  account_id: string;
  service: StorageService;
  state: StoredConnection['state'];
  provider_account_name: string | null;
  refresh_token: string;
  access_token: string;
  access_expires_at: Date;
  generation: number;
  connected_at: Date;
}

type RowPlace = Pick<ConnectionRow, 'id' | 'account_id' | 'service'>;

/** Opens the tokens of a row. @throws when they were altered or moved, or the key they were sealed with is gone */
export function openRow(keyring: Keyring, row: ConnectionRow): StoredConnection {
  return {
    id: row.id,
    accountId: row.account_id,
    service: row.service,
    state: row.state,
    generation: row.generation,
    accountName: row.provider_account_name,
    connectedAt: row.connected_at,
    refreshToken: openSecret(keyring, row.refresh_token, placeOf(row, 'refresh_token')),
    accessToken: openSecret(keyring, row.access_token, placeOf(row, 'access_token')),
    accessExpiresAt: row.access_expires_at,
  };
}

/** As `openRow`; `null` when the tokens can't be opened with the keys there are. */
export function openRowIfPossible(keyring: Keyring, row: ConnectionRow): StoredConnection | null {
  try {
    return openRow(keyring, row);
  } catch {
    return null;
  }
}

/** The secrets of a row as they are stored: of this row and of no other. */
export function sealTokens(
  keyring: Keyring,
  row: RowPlace,
  { refreshToken, accessToken }: Tokens,
): [refreshToken: string, accessToken: string] {
  return [
    sealSecret(keyring, refreshToken, placeOf(row, 'refresh_token')),
    sealSecret(keyring, accessToken, placeOf(row, 'access_token')),
  ];
}

/** Whether a secret of this row was sealed with another key than the current one. */
export function isSealedBefore(keyring: Keyring, { refresh_token, access_token }: ConnectionRow): boolean {
  return [refresh_token, access_token].some((text) => isSealedWithOldKey(keyring, text));
}

/** Where a secret stands; it opens nowhere else. */
function placeOf({ id, account_id, service }: RowPlace, column: string): string {
  return `connections|${id}|${account_id}|${service}|${column}`;
}
