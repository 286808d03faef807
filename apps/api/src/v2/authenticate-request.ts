import type { FastifyRequest } from 'fastify';
import { hashApiKey } from '../accounts/api-key.js';
import { type AuthenticatedAccount, refuseAccount } from '../authentication/authenticate.js';
import { readAddressedUsername } from '../authentication/read-addressed-username.js';
import { readCredentials } from '../authentication/read-credentials.js';
import { Problem } from './problems/problem.js';

const challenge = { 'www-authenticate': 'Basic realm="Tidetable", Bearer' };

/** What finding out takes. */
export interface Authentication {
  readonly findByKeyHash: (keyHash: Buffer) => Promise<AuthenticatedAccount | null>;
  readonly accountDomain: string;
}

/**
 * The account that the key in the header Authorization belongs to. Version 2 takes keys nowhere else: addresses end up in
 * histories and logs, and bodies are read only once it is known whose they are.
 *
 * @throws Problem 401 or 403
 */
export async function authenticateRequest(
  { findByKeyHash, accountDomain }: Authentication,
  { headers }: Pick<FastifyRequest, 'headers'>,
): Promise<AuthenticatedAccount> {
  const credentials = readCredentials({ query: {}, body: {} }, headers);
  if (credentials === null) throw new Problem('key-missing', { headers: challenge });
  const account = await findByKeyHash(hashApiKey(credentials.apiKey));
  const addressed = readAddressedUsername(undefined, headers.host, accountDomain);
  const refusal = refuseAccount(account, credentials, addressed);
  if (refusal?.statusCode === 403) throw new Problem('account-disabled');
  if (account === null || refusal !== null) throw new Problem('key-invalid', { headers: challenge });
  return account;
}
