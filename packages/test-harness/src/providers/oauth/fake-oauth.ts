import type { ResponseScript } from '../../origin/response-script.js';
import type { ProviderRequest } from '../provider-request.js';
import { Grants, type IssuedTokens, type TokenHabits } from './grants.js';
import {
  answerAuthorize,
  answerToken,
  type OAuthDialect,
  type RegisteredClient,
  type Visitor,
} from './oauth-routes.js';

/** What a test may do to the tokens of a fake provider, and learn of them. */
export interface FakeTokens {
  /** Their lives, in seconds; takes effect for those that are issued from then on. */
  readonly habits: TokenHabits;
  /** Tokens without the way through the page of consent. */
  issue(): IssuedTokens;
  /** No access token that was issued so far is good any more. */
  expireAccessTokens(): void;
  /** The customer takes the consent back on the provider's own pages. */
  revokeAll(): void;
  /** Whether an access token would be taken now. */
  isGood(accessToken: string): boolean;
  /** Until a refreshed access token is used, the refresh token before it is taken again; off until asked for. */
  forgiveLostAnswers(): void;
  /** Every code and token that was ever issued, to look for where they must not be. */
  secrets(): readonly string[];
}

/** The OAuth part of a fake provider. */
export interface FakeOAuth {
  readonly client: RegisteredClient;
  readonly dialect: OAuthDialect;
  readonly grants: Grants;
  readonly visitor: Visitor;
  readonly tokens: FakeTokens;
  authorize(request: ProviderRequest): ResponseScript;
  token(request: ProviderRequest): ResponseScript;
}

interface FakeOAuthOptions {
  client: RegisteredClient;
  account: string;
  habits: TokenHabits;
  prefixes: { code: string; access: string; refresh: string };
  dialectOf: (grants: Grants) => OAuthDialect;
}

/** Puts the OAuth of a provider together. */
export function createFakeOAuth({
  client,
  account,
  habits,
  prefixes,
  dialectOf,
}: FakeOAuthOptions): FakeOAuth {
  const grants = new Grants(habits, prefixes);
  const dialect = dialectOf(grants);
  const visitor: Visitor = { account, answer: 'allow' };
  return {
    ...{ client, dialect, grants, visitor },
    tokens: {
      habits,
      issue: () => grants.begin({ account: visitor.account, scope: dialect.defaultScope, isOffline: true }),
      expireAccessTokens: () => grants.expireAccessTokens(),
      revokeAll: () => grants.revokeAll(),
      isGood: (accessToken) => grants.stateOf(accessToken) === 'good',
      forgiveLostAnswers: () => void (grants.isForgiving = true),
      secrets: () => [...grants.issuedSecrets(), client.clientSecret],
    },
    authorize: (request) => answerAuthorize(request, client, dialect, grants, visitor),
    token: (request) => answerToken(request, client, dialect, grants),
  };
}

/**
 * Opens a page of consent as a browser does, whose visitor clicks at once.
 * @returns where the browser is sent back to
 * @throws an Error with the page when the provider does not accept the request
 */
export async function visitConsentPage(authorizeUrl: string): Promise<URL> {
  const response = await fetch(authorizeUrl, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`the page of consent says ${await response.text()}`);
  await response.body?.cancel();
  return new URL(location);
}
