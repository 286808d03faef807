import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeyScope } from '../accounts/key-scope.js';
import type { Admission } from '../authentication/admission.js';
import { readAddressedUsername } from '../authentication/read-addressed-username.js';
import { type Credentials, readCredentials } from '../authentication/read-credentials.js';
import { Refusal } from '../http/refusal.js';
import { Problem } from './problems/problem.js';

const challenge = { 'www-authenticate': 'Basic realm="Tidetable", Bearer' };

/** What finding out takes. */
export interface Authentication {
  readonly admission: Pick<Admission, 'admit' | 'admitAgain'>;
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
  const { credentials, addressed } = readHeaders(request.headers, accountDomain);
  try {
    await admission.admit(request, reply, credentials, addressed, needed);
  } catch (error) {
    throw asProblem(error, credentials);
  }
}

/**
 * Whether who was authenticated when a long answer began would still be; counts as no request.
 *
 * @throws Problem 401 or 403
 */
export async function authenticateAgain(
  { admission, accountDomain }: Authentication,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const { credentials, addressed } = readHeaders(headers, accountDomain);
  try {
    await admission.admitAgain(credentials, addressed);
  } catch (error) {
    throw asProblem(error, credentials);
  }
}

function readHeaders(
  headers: IncomingHttpHeaders,
  accountDomain: string,
): { credentials: Credentials | null; addressed: string | null } {
  return {
    credentials: readCredentials({ query: {}, body: {} }, headers),
    addressed: readAddressedUsername(undefined, headers.host, accountDomain),
  };
}

function asProblem(error: unknown, credentials: Credentials | null): unknown {
  if (!(error instanceof Refusal)) return error;
  if (error.statusCode === 401)
    return new Problem(credentials === null ? 'key-missing' : 'key-invalid', { headers: challenge });
  return error.extra['error'] === 'lockout' ? new Problem('account-disabled') : error;
}
