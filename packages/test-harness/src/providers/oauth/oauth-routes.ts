import type { ResponseScript } from '../../origin/response-script.js';
import { json, type ProviderRequest, Refusal } from '../provider-request.js';
import { type Consent, type Grants, type IssuedTokens, isVerifierOf } from './grants.js';

/** The client that is registered with a fake provider. */
export interface RegisteredClient {
  clientId: string;
  clientSecret: string;
  /** The one address that people are sent back to, compared letter by letter. */
  redirectUri: string;
}

/** What is different from provider to provider. */
export interface OAuthDialect {
  /** Parameters that its page of consent knows; another one is answered with an error. */
  readonly authorizeParameters: readonly string[];
  readonly requiresScope: boolean;
  readonly defaultScope: string;
  isOffline(query: URLSearchParams, account: string): boolean;
  /** Whether the exchange of a code has to repeat the address that people were sent back to. */
  readonly repeatsRedirectUri: boolean;
  /** Whether a client may identify itself by HTTP Basic. */
  readonly takesBasic: boolean;
  /** The status of an answer to a wrong client. */
  readonly wrongClientStatus: number;
  readonly descriptions: { code: string; refreshToken: string; client: string };
  present(tokens: IssuedTokens, accessSeconds: number, isRefresh: boolean): object;
}

/** Who sits before the provider's page of consent, and what they do there. */
export interface Visitor {
  account: string;
  answer: 'allow' | 'deny';
  /** The scope that they allow instead of what was asked for. */
  scope?: string;
}

/**
 * The page of consent, with somebody before it who clicks at once: a redirect with a code, or with an error when they
 * do not allow it. A request that is wrong gets a page, and no redirect anywhere.
 */
export function answerAuthorize(
  { query }: ProviderRequest,
  { clientId, redirectUri }: RegisteredClient,
  dialect: OAuthDialect,
  grants: Grants,
  visitor: Visitor,
): ResponseScript {
  const page = (error: string): Refusal =>
    new Refusal({ status: 400, body: `<html><h1>${error}</h1></html>` });
  for (const name of new Set(query.keys())) {
    if (query.getAll(name).length > 1) throw page(`invalid_request: ${name} is repeated`);
    if (!dialect.authorizeParameters.includes(name)) throw page(`invalid_request: ${name} is not known`);
  }
  if (query.get('client_id') !== clientId) throw page('invalid_client');
  if (query.get('redirect_uri') !== redirectUri) throw page('redirect_uri_mismatch');
  if (query.get('response_type') !== 'code') throw page('unsupported_response_type');
  if (dialect.requiresScope && !query.has('scope')) throw page('invalid_request: scope is missing');
  const challenge = query.get('code_challenge');
  if (challenge !== null && !/^[A-Za-z0-9_-]{43}$/.test(challenge))
    throw page('invalid_request: code_challenge');
  if (challenge !== null && query.get('code_challenge_method') !== 'S256') {
    throw page('invalid_request: code_challenge_method');
  }
  const back = new URL(redirectUri);
  if (visitor.answer === 'deny') back.searchParams.set('error', 'access_denied');
  else {
    const scope = visitor.scope ?? query.get('scope') ?? dialect.defaultScope;
    const isOffline = dialect.isOffline(query, visitor.account);
    const consent = { account: visitor.account, redirectUri, challenge, scope, isOffline };
    back.searchParams.set('code', grants.issueCode(consent));
  }
  const state = query.get('state');
  if (state !== null) back.searchParams.set('state', state);
  return { status: 302, headers: { Location: back.href } };
}

/** The endpoint for tokens. */
export function answerToken(
  request: ProviderRequest,
  client: RegisteredClient,
  dialect: OAuthDialect,
  grants: Grants,
): ResponseScript {
  const form = formOf(request);
  checkClient(request, form, client, dialect);
  const { accessSeconds } = grants.habits;
  switch (form.get('grant_type')) {
    case 'authorization_code': {
      const consent = grants.takeCode(form.get('code') ?? '');
      if (consent === null) throw invalidGrant(dialect.descriptions.code);
      checkExchange(form, consent, dialect);
      return tokenAnswer(dialect.present(grants.begin(consent), accessSeconds, false));
    }
    case 'refresh_token': {
      const tokens = grants.refresh(form.get('refresh_token') ?? '');
      if (tokens === null) throw invalidGrant(dialect.descriptions.refreshToken);
      return tokenAnswer(dialect.present(tokens, accessSeconds, true));
    }
    default:
      throw oauthError('unsupported_grant_type', 'Invalid grant_type');
  }
}

/** The fields of a form. @throws Refusal when it is no form, is in the URL, or has a field twice */
export function formOf({ headers, body, query }: ProviderRequest): URLSearchParams {
  if (!/^application\/x-www-form-urlencoded\b/.test(headers['content-type'] ?? '') || query.size > 0) {
    throw oauthError('invalid_request', 'The request has to be a form');
  }
  const form = new URLSearchParams(body.toString());
  for (const name of new Set(form.keys())) {
    if (form.getAll(name).length > 1) throw oauthError('invalid_request', `${name} is repeated`);
  }
  return form;
}

/** @throws Refusal when a request for tokens is not from the registered client */
export function checkClient(
  { headers }: ProviderRequest,
  form: URLSearchParams,
  { clientId, clientSecret }: RegisteredClient,
  { takesBasic, wrongClientStatus, descriptions }: OAuthDialect,
): void {
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  const isByForm = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
  const isRight =
    headers.authorization === undefined ? isByForm : takesBasic && headers.authorization === basic;
  if (!isRight) throw oauthError('invalid_client', descriptions.client, wrongClientStatus);
}

function checkExchange(form: URLSearchParams, consent: Consent, dialect: OAuthDialect): void {
  const redirectUri = form.get('redirect_uri');
  const isRepeated = redirectUri === consent.redirectUri;
  if (!isRepeated && (dialect.repeatsRedirectUri || redirectUri !== null)) {
    throw oauthError('redirect_uri_mismatch', 'Bad Request');
  }
  const verifier = form.get('code_verifier');
  const isProven =
    consent.challenge === null
      ? verifier === null
      : verifier !== null && isVerifierOf(consent.challenge, verifier);
  if (!isProven) throw invalidGrant('Missing or invalid code verifier');
}

function tokenAnswer(tokens: object): ResponseScript {
  return json(tokens, 200, { 'Cache-Control': 'no-store' });
}

function invalidGrant(description: string): Refusal {
  return oauthError('invalid_grant', description);
}

function oauthError(error: string, description: string, status = 400): Refusal {
  return new Refusal(json({ error, error_description: description }, status));
}
