import {
  type AuthorizeConnectionV1Reply,
  type BeginConnectionV1Reply,
  type BeginConnectionV1Request,
  type CompleteConnectionV1Reply,
  type CompleteConnectionV1Request,
  failureOf,
  type StorageService,
  SyncError,
} from '@tidetable/contracts';
import { AccessTokenRefusedError } from '../providers/access-token-refused.js';
import type { ProviderCallOptions } from '../providers/call-provider.js';
import { oauthDialects, type ProviderSettings, serviceTitles } from '../providers/oauth-provider.js';
import type { Authorization, AuthorizationStore } from './authorization-store.js';
import type { ConnectionStore, ProviderAccount } from './connection-store.js';
import { challengeOf, createVerifier } from './pkce.js';
import { exchangeCode, GrantRefusedError } from './request-tokens.js';

/** What connecting accounts needs. */
export interface ConnectAccountPorts {
  readonly authorizations: AuthorizationStore;
  readonly store: ConnectionStore;
  readonly providers: Readonly<Record<StorageService, ProviderSettings>>;
  readonly calls: ProviderCallOptions;
  /** Where the services send customers back to, for each its own. */
  readonly redirectUriOf: (service: StorageService) => string;
  /** Whose files an access token leads to. */
  readonly describeAccount: (
    service: StorageService,
    accessToken: string,
    signal: AbortSignal,
  ) => Promise<ProviderAccount>;
}

/** The first step: an authorization of which only its state is given out. */
export async function beginConnection(
  { accountId, username, service }: BeginConnectionV1Request,
  { providers, authorizations }: ConnectAccountPorts,
): Promise<BeginConnectionV1Reply> {
  if (providers[service].client === null) return { outcome: 'not-configured' };
  const state = await authorizations.begin({ accountId, username, service, verifier: createVerifier() });
  return { outcome: 'begun', state };
}

/** The second step: the customer sees what will be connected and, with a `binding`, is sent on to the service. */
export async function authorizeConnection(
  state: string,
  binding: string | null,
  ports: ConnectAccountPorts,
): Promise<AuthorizeConnectionV1Reply> {
  const found = await ports.authorizations.find(state);
  if (found === null) return { outcome: 'unknown' };
  const { service, username } = found;
  if (binding === null) return { outcome: 'known', service, username, authorizeUrl: null };
  await ports.authorizations.bind(state, binding);
  return { outcome: 'known', service, username, authorizeUrl: authorizeUrlOf(state, found, ports) };
}

/**
 * The third step: the customer is back and, if they agreed, the account is connected. The code is exchanged at once,
 * since some services let it live for half a minute only.
 */
export async function completeConnection(
  { service, state, binding, accountId = null, code }: CompleteConnectionV1Request,
  ports: ConnectAccountPorts,
  signal: AbortSignal,
): Promise<CompleteConnectionV1Reply> {
  const taken = await ports.authorizations.take(state, service, { binding, accountId });
  if (taken === null) return { outcome: 'unknown' };
  if (code === null) return { outcome: 'declined' };
  try {
    const accountName = await connect(taken, code, ports, signal);
    return { outcome: 'connected', accountId: taken.accountId, username: taken.username, accountName };
  } catch (error) {
    if (error instanceof SyncError) return { outcome: 'failed', failure: failureOf(error) };
    if (!(error instanceof GrantRefusedError) && !(error instanceof AccessTokenRefusedError)) throw error;
    const refused = new SyncError('connection-refused', `the service is ${serviceTitles[service]}`);
    return { outcome: 'failed', failure: failureOf(refused) };
  }
}

async function connect(
  { accountId, service, verifier }: Authorization,
  code: string,
  { providers, calls, store, redirectUriOf, describeAccount }: ConnectAccountPorts,
  signal: AbortSignal,
): Promise<string | null> {
  const { hasPkce } = oauthDialects[service];
  const tokens = await exchangeCode(
    providers[service],
    { code, verifier: hasPkce ? verifier : null, redirectUri: redirectUriOf(service) },
    calls,
    signal,
  );
  refuseLess(service, tokens.scope);
  const account = await describeAccount(service, tokens.accessToken, signal);
  await store.save(accountId, service, tokens, { ...account, scope: tokens.scope });
  return account.name;
}

/** On some pages of consent a customer may agree to a part of what was asked for. */
function refuseLess(service: StorageService, granted: string | null): void {
  const words = granted?.split(' ');
  if (words !== undefined && !oauthDialects[service].scopes.every((scope) => words.includes(scope))) {
    throw new SyncError(`connection-forbidden-${service}`, 'not everything that is needed was agreed to');
  }
}

function authorizeUrlOf(
  state: string,
  { service, verifier }: Authorization,
  { providers, redirectUriOf }: ConnectAccountPorts,
): string {
  const { client, authorizeUrl } = providers[service];
  if (client === null) throw new Error('an authorization was begun for a service without a client');
  const { scopes, authorizeParameters, hasPkce } = oauthDialects[service];
  const url = new URL(authorizeUrl);
  const parameters = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUriOf(service),
    state,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...authorizeParameters,
    ...(hasPkce ? { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' } : {}),
  };
  Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
  return url.href;
}
