import type { ResponseScript } from '../../origin/response-script.js';
import { bearerOf, json, type ProviderRequest, Refusal } from '../provider-request.js';
import type { FakeOAuth } from './fake-oauth.js';
import { checkClient, formOf } from './oauth-routes.js';

/** Google's: a token of either kind, in the query or a form; what the customer gave the project ends whole. */
export function revokeAtGoogle(request: ProviderRequest, { grants }: FakeOAuth): ResponseScript {
  const token = request.query.get('token') ?? formOf(request).get('token') ?? '';
  if (grants.revoke(token)) return json({});
  return json({ error: 'invalid_token', error_description: 'Token expired or revoked' }, 400);
}

/** Dropbox's: the access token it is asked with, without a body; answered with `null`. */
export function revokeAtDropbox(
  request: ProviderRequest,
  { grants }: FakeOAuth,
  refusal: (state: 'expired' | 'revoked' | 'none') => ResponseScript,
): ResponseScript {
  const token = bearerOf(request);
  const state = grants.stateOf(token);
  if (state !== 'good') throw new Refusal(refusal(state));
  if (request.body.length > 0 && request.body.toString() !== 'null') {
    throw new Refusal({
      status: 400,
      body: 'Error in call to API function "auth/token/revoke": no argument expected',
    });
  }
  grants.revoke(token ?? '');
  return json(null);
}

/** Box's: a form with the client and a token of either kind; answered with nothing. */
export function revokeAtBox(
  request: ProviderRequest,
  { client, dialect, grants }: FakeOAuth,
): ResponseScript {
  const form = formOf(request);
  checkClient(request, form, client, dialect);
  grants.revoke(form.get('token') ?? '');
  return { status: 200 };
}
