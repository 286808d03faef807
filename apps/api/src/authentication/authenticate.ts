import type { KeyScope } from '../accounts/key-scope.js';
import { lockedOut, notAuthenticated, type Refusal } from '../http/refusal.js';
import type { Credentials } from './read-credentials.js';

/** An account as a request needs it, and the key that was shown. */
export interface AuthenticatedAccount {
  id: string;
  username: string;
  state: 'active' | 'disabled';
  keyId: string;
  keyPrefix: string;
  scope: KeyScope;
  /** Its own limit; `null` for that of the installation. */
  requestsPerMinuteMax: number | null;
  /** Whether what it may have in all is limited. */
  hasQuota: boolean;
}

/** The refusal of a request without a key. */
export function keyMissing(): Refusal {
  return notAuthenticated(
    'An API key is required: as api_key in the query or the body, with HTTP Basic, or as a bearer token.',
  );
}

/**
 * Why the account that owns the key is refused, or `null` when it may go on.
 * A key used under another account's name is refused like an unknown key, so that nobody learns which names exist.
 */
export function refuseAccount(
  account: AuthenticatedAccount | null,
  credentials: Credentials,
  addressedUsername: string | null,
): Refusal | null {
  const names = [credentials.username, addressedUsername].filter((name) => name !== null);
  if (account === null || names.some((name) => name !== account.username)) {
    return notAuthenticated('The API key is not valid for this account.');
  }
  return account.state === 'disabled' ? lockedOut() : null;
}
