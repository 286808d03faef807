import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeyScope } from '../accounts/key-scope.js';
import type { Admission } from '../authentication/admission.js';
import { readAddressedUsername } from '../authentication/read-addressed-username.js';
import { readCredentials } from '../authentication/read-credentials.js';
import { Refusal } from '../http/refusal.js';
import { Problem } from './problems/problem.js';

const challenge = { 'www-authenticate': 'Basic realm="Tidetable", Bearer' };

/** What finding out takes. */
export interface Authentication {
  readonly admission: Pick<Admission, 'admit'>;
  readonly accountDomain: string;
}

/**
 * Gives a request the account that the key in the header Authorization belongs to. Version 2 takes keys nowhere else:
 * addresses end up in histories and logs, and bodies are read only once it is known whose they are.
 *
 * @throws Problem or Refusal 401, 403 or 429
 */
export async function authenticateRequest(
  { admission, accountDomain }: Authentication,
  request: FastifyRequest,
  reply: FastifyReply,
  needed: KeyScope,
): Promise<void> {
  const { headers } = request;
  const credentials = readCredentials({ query: {}, body: {} }, headers);
  const addressed = readAddressedUsername(undefined, headers.host, accountDomain);
  try {
    await admission.admit(request, reply, credentials, addressed, needed);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.statusCode === 401)
      throw new Problem(credentials === null ? 'key-missing' : 'key-invalid', { headers: challenge });
    if (error.extra['error'] === 'lockout') throw new Problem('account-disabled');
    throw error;
  }
}
