import { SyncError } from '@tidetable/contracts';
import { callProvider, type ProviderAnswer, type ProviderCallOptions } from '../providers/call-provider.js';
import { type ProviderSettings, serviceTitles } from '../providers/oauth-provider.js';
import type { Tokens } from './connection-row.js';

/** The service does not know the grant any more: the customer has to connect again. */
export class GrantRefusedError extends Error {
  override readonly name = 'GrantRefusedError';
}

/** What a service says of tokens; all else it says is not looked at. */
interface TokenAnswer {
  access_token?: unknown;
  refresh_token?: unknown;
  expires_in?: unknown;
  scope?: unknown;
  error?: unknown;
}

/** Tokens, and what the customer agreed to where the service says it. */
export interface GrantedTokens extends Tokens {
  readonly scope: string | null;
}

const expiresInDefaultSeconds = 3_600;
const neverAborted = new AbortController().signal;

/**
 * Exchanges an authorization code for tokens.
 *
 * @throws GrantRefusedError when the code is wrong, was used, or is too old; SyncError when the service fails
 */
export function exchangeCode(
  settings: ProviderSettings,
  { code, verifier, redirectUri }: { code: string; verifier: string | null; redirectUri: string },
  options: ProviderCallOptions,
  signal: AbortSignal,
): Promise<GrantedTokens> {
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    ...(verifier === null ? {} : { code_verifier: verifier }),
  };
  return requestTokens(settings, fields, null, options, signal);
}

/**
 * Gets new tokens for a refresh token, which stays the same where the service gives no other. Only its own time limit
 * ends it: a service may exchange the tokens of those who do not wait for its answer.
 *
 * @throws GrantRefusedError when it was revoked, spent, or is too old; SyncError when the service fails
 */
export function refreshTokens(
  settings: ProviderSettings,
  refreshToken: string,
  options: ProviderCallOptions,
): Promise<Tokens> {
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken };
  return requestTokens(settings, fields, refreshToken, options, neverAborted);
}

async function requestTokens(
  settings: ProviderSettings,
  fields: Record<string, string>,
  refreshToken: string | null,
  options: ProviderCallOptions,
  signal: AbortSignal,
): Promise<GrantedTokens> {
  if (settings.client === null) {
    throw new SyncError('connection-not-configured', `the service is ${serviceTitles[settings.service]}`);
  }
  const { id, secret } = settings.client;
  const request = {
    method: 'POST' as const,
    url: settings.tokenUrl,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
    body: new URLSearchParams({ ...fields, client_id: id, client_secret: secret }).toString(),
  };
  const requestedAt = Date.now();
  return readTokens(await callProvider(request, options, signal), settings, refreshToken, requestedAt);
}

function readTokens(
  { status, headers, body }: ProviderAnswer,
  { service }: ProviderSettings,
  refreshToken: string | null,
  requestedAt: number,
): GrantedTokens {
  const title = serviceTitles[service];
  const answer = parseAnswer(body);
  if (status === 429) throw new SyncError('source-rate-limited', retryDetail(title, headers['retry-after']));
  if (status >= 500) throw new SyncError('source-server-error', `${title} answered with status ${status}`);
  // Of an error the word alone is documented; its description is not, and might repeat what was sent.
  if (answer.error === 'invalid_grant') throw new GrantRefusedError(`${title} refused the grant`);
  if (answer.error === 'invalid_client' || answer.error === 'unauthorized_client') {
    throw new SyncError(
      'connection-not-configured',
      `${title} does not accept the client of this installation`,
    );
  }
  const { access_token: accessToken, refresh_token: renewed, expires_in: expiresIn, scope } = answer;
  const kept = typeof renewed === 'string' && renewed !== '' ? renewed : refreshToken;
  if (status !== 200 || typeof accessToken !== 'string' || accessToken === '') {
    throw new SyncError('source-http-error', `${title} answered a request for tokens with status ${status}`);
  }
  if (kept === null) throw new GrantRefusedError(`${title} gave no refresh token`);
  const seconds = Number(expiresIn) > 0 ? Number(expiresIn) : expiresInDefaultSeconds;
  const accessExpiresAt = new Date(requestedAt + seconds * 1_000);
  return {
    accessToken,
    refreshToken: kept,
    accessExpiresAt,
    scope: typeof scope === 'string' ? scope : null,
  };
}

function retryDetail(title: string, retryAfter: string | undefined): string {
  return retryAfter !== undefined && /^\d+$/.test(retryAfter)
    ? `${title} asks to wait ${retryAfter} s`
    : `${title} asks to wait`;
}

function parseAnswer(body: string): TokenAnswer {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}
