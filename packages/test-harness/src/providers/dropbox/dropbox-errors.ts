import type { ResponseScript } from '../../origin/response-script.js';
import type { FakeOAuth } from '../oauth/fake-oauth.js';
import { bearerOf, json, type ProviderRequest, Refusal } from '../provider-request.js';

/** An error in Dropbox's shape. Its summary ends in dots whose number means nothing, so it varies here as well. */
export function dropboxError(
  status: number,
  error: { '.tag': string } & Record<string, unknown>,
): ResponseScript {
  const tags: string[] = [];
  for (let at: unknown = error; isTagged(at); at = at[at['.tag']]) tags.push(at['.tag']);
  dots = (dots % 3) + 1;
  return json({ error_summary: `${tags.join('/')}/${'.'.repeat(dots)}`, error }, status);
}

let dots = 0;

function isTagged(value: unknown): value is { '.tag': string } & Record<string, unknown> {
  return typeof value === 'object' && value !== null && '.tag' in value;
}

/** An error of an endpoint about a path. */
export function dropboxPathError(tag: string): Refusal {
  return new Refusal(dropboxError(409, { '.tag': 'path', path: { '.tag': tag } }));
}

/** A request that Dropbox can't read gets plain text. */
export function dropboxBadRequest(route: string, message: string): ResponseScript {
  return {
    status: 400,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: `Error in call to API function "${route}": ${message}`,
  };
}

/** The answer of Dropbox to a token that is not good. */
export function dropboxUnauthorized(state: 'expired' | 'revoked' | 'none'): ResponseScript {
  return dropboxError(401, { '.tag': state === 'expired' ? 'expired_access_token' : 'invalid_access_token' });
}

type Answer = (request: ProviderRequest, account: string) => ResponseScript;

/** Lets those in who have a good token with this scope, and refuses the others as Dropbox does. */
export function dropboxGuard(
  oauth: FakeOAuth,
): (scope: string, answer: Answer) => (request: ProviderRequest) => ResponseScript {
  return (needed, answer) => (request) => {
    const token = bearerOf(request);
    const state = oauth.grants.stateOf(token);
    if (token === null || state !== 'good') return dropboxUnauthorized(state === 'good' ? 'none' : state);
    const { account, scope } = oauth.grants.use(token);
    if (!scope.split(' ').includes(needed)) {
      return dropboxError(401, { '.tag': 'missing_scope', required_scope: needed });
    }
    return answer(request, account);
  };
}
