import type { ResponseScript } from '../../origin/response-script.js';
import type { FakeOAuth } from '../oauth/fake-oauth.js';
import { bearerOf, json, type ProviderRequest, Refusal } from '../provider-request.js';

/** An error in Box's shape. */
export function boxError(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): ResponseScript {
  const help = 'http://developers.box.com/docs/#errors';
  const answer = { type: 'error', status, code, help_url: help, message, request_id: 'abcdef123456' };
  return json(answer, status, headers);
}

/** What Box says of something that is not there, or that the token may not see. */
export function boxNotFound(): Refusal {
  return new Refusal(boxError(404, 'not_found', 'Not Found'));
}

type Answer = (request: ProviderRequest, account: string, ...segments: string[]) => ResponseScript;

/**
 * Lets those in who have a good token with this scope; those without get no body, only a header that says why.
 */
export function boxGuard(
  oauth: FakeOAuth,
): (
  scope: string | null,
  answer: Answer,
) => (request: ProviderRequest, ...segments: string[]) => ResponseScript {
  return (needed, answer) =>
    (request, ...segments) => {
      const token = bearerOf(request);
      if (token === null || oauth.grants.stateOf(token) !== 'good') {
        const reason = 'error="invalid_token", error_description="The access token provided is invalid."';
        return { status: 401, headers: { 'WWW-Authenticate': `Bearer realm="Service", ${reason}` } };
      }
      const { account, scope } = oauth.grants.use(token);
      if (needed !== null && !scope.split(' ').includes(needed)) {
        return boxError(403, 'insufficient_scope', 'The request requires higher privileges');
      }
      return answer(request, account, ...segments);
    };
}
